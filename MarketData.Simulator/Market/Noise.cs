using System.Runtime.CompilerServices;

namespace MarketData.Simulator.Market;

/// <summary>
/// Randomness that is a function of its arguments, so that any day can be computed without the days before it
/// and every process with the same seed tells the same history.
/// </summary>
internal static class Noise
{
    /// <summary>A seed of its own for something that has a name (FNV-1a, mixed).</summary>
    public static ulong Seed(ulong seed, string name)
    {
        var hash = 14695981039346656037UL ^ seed;
        foreach (var c in name)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        return Mix(hash);
    }

    /// <summary>64 even bits for the <paramref name="index"/>-th value of the stream <paramref name="stream"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Bits(ulong seed, long index, int stream) =>
        Mix(seed ^ Mix(unchecked((ulong)index * 0x9E3779B97F4A7C15UL + (ulong)(uint)stream * 0xD1B54A32D192ED03UL)));

    /// <summary>Evenly spread over [0, 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Uniform(ulong bits) => (bits >> 11) * (1.0 / (1UL << 53));

    /// <summary>Standard normal (Box and Muller), tails included.</summary>
    public static double Normal(ulong bits)
    {
        var radius = Math.Sqrt(-2.0 * Math.Log(((uint)(bits >> 32) + 0.5) / 4294967296.0));
        return radius * Math.Cos(((uint)bits + 0.5) / 4294967296.0 * Math.Tau);
    }

    /// <summary>Nearly normal, of variance one and within ±3.5: four 16-bit parts summed, for the many draws of a day's minutes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double QuickNormal(ulong bits)
    {
        var sum = (bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48);
        return (sum / 65535.0 - 2.0) * 1.7320508075688772;
    }

    /// <summary>A smooth curve through standard normal values at the whole numbers: slow swings such as volatility regimes.</summary>
    public static double Smooth(ulong seed, double x, int stream)
    {
        var left = Math.Floor(x);
        var t = x - left;
        var weight = t * t * (3.0 - 2.0 * t);
        return Normal(Bits(seed, (long)left, stream)) * (1.0 - weight) + Normal(Bits(seed, (long)left + 1, stream)) * weight;
    }

    /// <summary>The finaliser of SplitMix64 (Steele, Lea and Flood, 2014).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
