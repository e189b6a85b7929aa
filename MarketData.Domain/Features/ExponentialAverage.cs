namespace MarketData.Domain.Features;

/// <summary>An exponential average under way, seeded with the mean of its first n values.</summary>
internal struct ExponentialAverage
{
    private int _count;
    private double _value;

    /// <summary>Takes in a value; NaN until there were <paramref name="n"/>.</summary>
    public double Next(double value, int n)
    {
        if (_count >= n)
            return _value += (value - _value) * 2 / (n + 1);
        _value += value;
        if (++_count < n)
            return double.NaN;
        return _value /= n;
    }
}
