using MarketData.Domain.Candles;

namespace MarketData.Domain.Features;

/// <summary>Wilder's average true range over 14 candles, under way.</summary>
internal struct AverageTrueRange
{
    private const int Length = 14;
    private int _ranges;
    private double _value;

    /// <summary>Takes in a candle; NaN until there were 14 true ranges, the first of them that of the second candle.</summary>
    public double Next(in Candle candle, double closeBefore)
    {
        if (double.IsNaN(closeBefore))
            return double.NaN;
        var range = Math.Max(candle.High - candle.Low, Math.Max(Math.Abs(candle.High - closeBefore), Math.Abs(candle.Low - closeBefore)));
        if (_ranges >= Length)
            return _value = (_value * (Length - 1) + range) / Length;
        _value += range;
        if (++_ranges < Length)
            return double.NaN;
        return _value /= Length;
    }
}
