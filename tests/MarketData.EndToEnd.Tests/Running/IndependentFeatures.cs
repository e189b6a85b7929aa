namespace MarketData.EndToEnd.Tests.Running;

/// <summary>Features by their textbook definitions, written the plain way and apart from the system's own code: what its answers are held against.</summary>
internal static class IndependentFeatures
{
    public static double[] Sma(double[] values, int length) =>
        Window(values, length, window => window.Sum() / length);

    /// <summary>Sample standard deviation of the last log returns.</summary>
    public static double[] Volatility(double[] closes, int length)
    {
        var returns = closes.Select((close, i) => i == 0 ? double.NaN : Math.Log(close / closes[i - 1])).ToArray();
        return Window(returns, length, window =>
        {
            var mean = window.Average();
            return Math.Sqrt(window.Sum(value => (value - mean) * (value - mean)) / (length - 1));
        });
    }

    /// <summary>Wilder's average true range over 14 candles.</summary>
    public static double[] Atr(double[] high, double[] low, double[] close)
    {
        var atr = Enumerable.Repeat(double.NaN, close.Length).ToArray();
        double TrueRange(int i) => Math.Max(high[i] - low[i], Math.Max(Math.Abs(high[i] - close[i - 1]), Math.Abs(low[i] - close[i - 1])));
        if (close.Length < 15)
            return atr;
        atr[14] = Enumerable.Range(1, 14).Average(TrueRange);
        for (var i = 15; i < close.Length; i++)
            atr[i] = ((13 * atr[i - 1]) + TrueRange(i)) / 14;
        return atr;
    }

    /// <summary>Wilder's relative strength index over 14 candles.</summary>
    public static double[] Rsi(double[] closes)
    {
        var rsi = Enumerable.Repeat(double.NaN, closes.Length).ToArray();
        double Gain(int i) => Math.Max(0, closes[i] - closes[i - 1]);
        double Loss(int i) => Math.Max(0, closes[i - 1] - closes[i]);
        if (closes.Length < 15)
            return rsi;
        var (gain, loss) = (Enumerable.Range(1, 14).Average(Gain), Enumerable.Range(1, 14).Average(Loss));
        for (var i = 14; i < closes.Length; i++)
        {
            if (i > 14)
                (gain, loss) = (((13 * gain) + Gain(i)) / 14, ((13 * loss) + Loss(i)) / 14);
            rsi[i] = loss == 0 ? 100 : 100 - (100 / (1 + (gain / loss)));
        }

        return rsi;
    }

    private static double[] Window(double[] values, int length, Func<double[], double> compute) =>
    [
        .. values.Select((_, i) => i + 1 < length || values[(i + 1 - length)..(i + 1)].Any(double.IsNaN)
            ? double.NaN
            : compute(values[(i + 1 - length)..(i + 1)])),
    ];
}
