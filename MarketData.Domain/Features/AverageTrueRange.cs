using System.Runtime.CompilerServices;

namespace MarketData.Domain.Features;

/// <summary>Wilder's average true range, under way.</summary>
internal struct AverageTrueRange
{
    /// <summary>The candles that Wilder took.</summary>
    public const int StandardLength = 14;

    private ExponentialAverage _average;

    /// <summary>Candles before one that its value depends on.</summary>
    public static int Memory(int length) => ExponentialAverage.Memory(1.0 / length, length) + 1;

    /// <summary>Takes in a candle; NaN until there were 14 true ranges, the first of them that of the second candle.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Next(double high, double low, double closeBefore) => Next(high, low, closeBefore, StandardLength, 1.0 / StandardLength);

    /// <summary>Takes in a candle; NaN until there were so many true ranges.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Next(double high, double low, double closeBefore, int length, double weight)
    {
        if (double.IsNaN(closeBefore))
            return double.NaN;
        var top = high > closeBefore ? high : closeBefore;
        var bottom = low < closeBefore ? low : closeBefore;
        return _average.Next(top - bottom, length, weight);
    }
}
