namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>
/// The features of a daily series as their definitions read, each value computed from the whole series anew: slow, and independent of the
/// code under test. Null where the window is not full.
/// </summary>
internal static class ReferenceFeatures
{
    public static IReadOnlyDictionary<string, double?[]> Daily(IReadOnlyList<(double High, double Low, double Close, double Volume)> bars)
    {
        var close = bars.Select(bar => bar.Close).ToArray();
        var volume = bars.Select(bar => bar.Volume).ToArray();
        var logReturns = Enumerable.Range(1, close.Length - 1).Select(i => Math.Log(close[i] / close[i - 1])).ToArray();
        var range = Enumerable.Range(1, close.Length - 1).Select(i => Math.Max(
            bars[i].High - bars[i].Low, Math.Max(Math.Abs(bars[i].High - close[i - 1]), Math.Abs(bars[i].Low - close[i - 1])))).ToArray();
        var gains = Enumerable.Range(1, close.Length - 1).Select(i => Math.Max(close[i] - close[i - 1], 0)).ToArray();
        var losses = Enumerable.Range(1, close.Length - 1).Select(i => Math.Max(close[i - 1] - close[i], 0)).ToArray();
        var (fast, slow) = (Exponential(close, 12, 2.0 / 13), Exponential(close, 26, 2.0 / 27));
        var macd = close.Select((_, i) => fast[i] - slow[i]).ToArray();
        var signal = Exponential([.. macd.Where(value => value is not null).Select(value => value!.Value)], 9, 2.0 / 10);
        var (averageGain, averageLoss) = (Exponential(gains, 14, 1.0 / 14), Exponential(losses, 14, 1.0 / 14));
        return new Dictionary<string, double?[]>
        {
            ["return_1d"] = Each(close, i => i < 1 ? null : close[i] / close[i - 1] - 1),
            ["volatility_20"] = Each(close, i => i < 20 ? null : Deviation(logReturns[(i - 20)..i], 1)),
            ["volatility_50"] = Each(close, i => i < 50 ? null : Deviation(logReturns[(i - 50)..i], 1)),
            ["atr"] = Shift(Exponential(range, 14, 1.0 / 14)),
            ["rolling_volume_20"] = Each(close, i => i < 19 ? null : volume[(i - 19)..(i + 1)].Average()),
            ["sma_20"] = Each(close, i => i < 19 ? null : close[(i - 19)..(i + 1)].Average()),
            ["bollinger_upper"] = Each(close, i => i < 19 ? null : close[(i - 19)..(i + 1)].Average() + 2 * Deviation(close[(i - 19)..(i + 1)], 0)),
            ["bollinger_lower"] = Each(close, i => i < 19 ? null : close[(i - 19)..(i + 1)].Average() - 2 * Deviation(close[(i - 19)..(i + 1)], 0)),
            ["ema_12"] = fast,
            ["ema_26"] = slow,
            ["macd"] = macd,
            ["macd_signal"] = [.. new double?[Math.Min(25, close.Length)], .. signal],
            ["rsi_14"] = Shift([.. averageGain.Zip(averageLoss, (gain, loss) => loss == 0 ? 100 : 100 - 100 / (1 + gain / loss))]),
            ["vwap"] = Each(close, i => volume[i] > 0 ? (bars[i].High + bars[i].Low + close[i]) / 3 : null),
            ["obv"] = Each(close, i => Enumerable.Range(1, i).Sum(k => Math.Sign(close[k] - close[k - 1]) * volume[k])),
        };
    }

    private static double?[] Each(double[] series, Func<int, double?> value) => [.. series.Select((_, i) => value(i))];

    private static double?[] Shift(double?[] values) => [null, .. values];

    private static double Deviation(double[] values, int correction)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - correction));
    }

    // Seeded with the mean of the first n.
    private static double?[] Exponential(double[] values, int n, double weight)
    {
        var result = new double?[values.Length];
        for (var i = n - 1; i < values.Length; i++)
            result[i] = i == n - 1 ? values[..n].Average() : result[i - 1] + weight * (values[i] - result[i - 1]);
        return result;
    }
}
