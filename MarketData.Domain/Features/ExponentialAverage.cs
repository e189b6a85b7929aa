using System.Runtime.CompilerServices;

namespace MarketData.Domain.Features;

/// <summary>An exponential average under way, seeded with the mean of its first n values.</summary>
internal struct ExponentialAverage
{
    private int _count;
    private double _value;

    /// <summary>Takes in a value that weighs <paramref name="weight"/>; NaN until there were <paramref name="n"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Next(double value, int n, double weight)
    {
        if (_count >= n)
            return _value = Math.FusedMultiplyAdd(value - _value, weight, _value);
        return Seed(value, n);
    }

    /// <summary>Takes in a value that weighs 2 / (n + 1), as exponential moving averages have it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Next(double value, int n) => Next(value, n, 2.0 / (n + 1));

    private double Seed(double value, int n)
    {
        _value += value;
        if (++_count < n)
            return double.NaN;
        return _value /= n;
    }
}
