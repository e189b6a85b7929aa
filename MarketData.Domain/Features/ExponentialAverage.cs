using System.Runtime.CompilerServices;

namespace MarketData.Domain.Features;

/// <summary>An exponential average under way, seeded with the mean of its first n values.</summary>
internal struct ExponentialAverage
{
    // What is left of the seed after so many lengths 1/weight is less than the last bit of a double: e⁻⁴⁰.
    private const int Lengths = 40;

    private int _count;
    private double _value;

    /// <summary>How many values before one its average depends on, whatever was before those, as far as a double can tell.</summary>
    public static int Memory(double weight, int n) => n + (int)Math.Ceiling(Lengths / weight);

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
