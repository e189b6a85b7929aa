using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MarketData.Domain.Features;

/// <summary>
/// Sums over a window, each computed from the window alone: nothing rolls on, so nothing drifts, and the order of additions, hence every bit,
/// depends on the window only. Vectors of fixed width give the same bits on every machine.
/// </summary>
internal static class Windows
{
    public static double Sum(ReadOnlySpan<double> window)
    {
        ref var first = ref MemoryMarshal.GetReference(window);
        var sums = Vector256<double>.Zero;
        var i = 0;
        for (; i <= window.Length - Vector256<double>.Count; i += Vector256<double>.Count)
            sums += Vector256.LoadUnsafe(ref first, (nuint)i);
        var sum = Vector256.Sum(sums);
        for (; i < window.Length; i++)
            sum += window[i];
        return sum;
    }

    /// <summary>Σ(x − mean)², in a second pass.</summary>
    public static double SquaredDeviations(ReadOnlySpan<double> window, double mean)
    {
        ref var first = ref MemoryMarshal.GetReference(window);
        var means = Vector256.Create(mean);
        var sums = Vector256<double>.Zero;
        var i = 0;
        for (; i <= window.Length - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            var deviation = Vector256.LoadUnsafe(ref first, (nuint)i) - means;
            sums += deviation * deviation;
        }

        var sum = Vector256.Sum(sums);
        for (; i < window.Length; i++)
            sum += (window[i] - mean) * (window[i] - mean);
        return sum;
    }

    public static double Dot(ReadOnlySpan<double> window, ReadOnlySpan<double> weights)
    {
        ref var first = ref MemoryMarshal.GetReference(window);
        ref var weight = ref MemoryMarshal.GetReference(weights);
        var sums = Vector256<double>.Zero;
        var i = 0;
        for (; i <= window.Length - Vector256<double>.Count; i += Vector256<double>.Count)
            sums += Vector256.LoadUnsafe(ref first, (nuint)i) * Vector256.LoadUnsafe(ref weight, (nuint)i);
        var sum = Vector256.Sum(sums);
        for (; i < window.Length; i++)
            sum += window[i] * weights[i];
        return sum;
    }

    /// <summary>The sample standard deviation (n − 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double SampleDeviation(ReadOnlySpan<double> window) =>
        Math.Sqrt(SquaredDeviations(window, Sum(window) / window.Length) / (window.Length - 1));
}
