using System.Runtime.CompilerServices;

namespace MarketData.Domain.Features;

/// <summary>Wilder's average true range over 14 candles, under way.</summary>
internal struct AverageTrueRange
{
    private const int Length = 14;
    private ExponentialAverage _average;

    /// <summary>Takes in a candle; NaN until there were 14 true ranges, the first of them that of the second candle.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Next(double high, double low, double closeBefore)
    {
        if (double.IsNaN(closeBefore))
            return double.NaN;
        var top = high > closeBefore ? high : closeBefore;
        var bottom = low < closeBefore ? low : closeBefore;
        return _average.Next(top - bottom, Length, 1.0 / Length);
    }
}
