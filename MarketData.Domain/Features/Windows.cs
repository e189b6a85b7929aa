using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MarketData.Domain.Features;

/// <summary>
/// Sums over the window that ends with each candle of a block, each computed from its window alone: nothing rolls on, so nothing drifts.
/// Neighbouring candles are computed in the lanes of one vector, in the same order of additions, so that every bit depends on the window
/// only, and neither on the candle's place in the block nor on the machine.
/// </summary>
internal static class Windows
{
    private static int Lanes => Vector256<double>.Count;

    /// <summary>The mean of the last <paramref name="length"/> elements.</summary>
    public static void Mean(ReadOnlySpan<double> column, int length, Span<double> values, int lookBack = FeatureBlock.LookBack)
    {
        for (var i = 0; i < values.Length; i += Lanes)
            Store(Mean(ref Start(column, i, length, lookBack), length), values, i);
    }

    /// <summary>Their sample standard deviation (n − 1), in two passes.</summary>
    public static void SampleDeviation(ReadOnlySpan<double> column, int length, Span<double> values, int lookBack = FeatureBlock.LookBack)
    {
        for (var i = 0; i < values.Length; i += Lanes)
        {
            ref var start = ref Start(column, i, length, lookBack);
            Store(Vector256.Sqrt(SquaredDeviations(ref start, length, Mean(ref start, length)) / (length - 1)), values, i);
        }
    }

    /// <summary>Their mean and so many population standard deviations.</summary>
    public static void Band(
        ReadOnlySpan<double> column, int length, double deviations, Span<double> values, int lookBack = FeatureBlock.LookBack)
    {
        for (var i = 0; i < values.Length; i += Lanes)
        {
            ref var start = ref Start(column, i, length, lookBack);
            var mean = Mean(ref start, length);
            Store(mean + deviations * Vector256.Sqrt(SquaredDeviations(ref start, length, mean) / length), values, i);
        }
    }

    /// <summary>Their scalar product with weights, the last weight for the candle itself.</summary>
    public static void Dot(ReadOnlySpan<double> column, ReadOnlySpan<double> weights, Span<double> values)
    {
        for (var i = 0; i < values.Length; i += Lanes)
        {
            ref var start = ref Start(column, i, weights.Length, FeatureBlock.LookBack);
            var (even, odd) = (Vector256<double>.Zero, Vector256<double>.Zero);
            for (var k = 0; k + 1 < weights.Length; k += 2)
            {
                even += Vector256.LoadUnsafe(ref start, (nuint)k) * weights[k];
                odd += Vector256.LoadUnsafe(ref start, (nuint)k + 1) * weights[k + 1];
            }

            if (weights.Length % 2 == 1)
                even += Vector256.LoadUnsafe(ref start, (nuint)weights.Length - 1) * weights[^1];
            Store(even + odd, values, i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref double Start(ReadOnlySpan<double> column, int i, int length, int lookBack) =>
        ref Unsafe.Add(ref MemoryMarshal.GetReference(column), lookBack + 1 - length + i);

    // Several sums at once, since one addition waits for the one before.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Mean(ref double start, int length)
    {
        var (a, b) = (Vector256<double>.Zero, Vector256<double>.Zero);
        for (var k = 0; k + 1 < length; k += 2)
        {
            a += Vector256.LoadUnsafe(ref start, (nuint)k);
            b += Vector256.LoadUnsafe(ref start, (nuint)k + 1);
        }

        if (length % 2 == 1)
            a += Vector256.LoadUnsafe(ref start, (nuint)length - 1);
        return (a + b) / length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> SquaredDeviations(ref double start, int length, Vector256<double> mean)
    {
        var (a, b) = (Vector256<double>.Zero, Vector256<double>.Zero);
        for (var k = 0; k + 1 < length; k += 2)
        {
            var (one, other) = (Vector256.LoadUnsafe(ref start, (nuint)k) - mean, Vector256.LoadUnsafe(ref start, (nuint)k + 1) - mean);
            a += one * one;
            b += other * other;
        }

        if (length % 2 == 1)
        {
            var last = Vector256.LoadUnsafe(ref start, (nuint)length - 1) - mean;
            a += last * last;
        }

        return a + b;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<double> vector, Span<double> values, int i)
    {
        if (i <= values.Length - Lanes)
            vector.StoreUnsafe(ref MemoryMarshal.GetReference(values), (nuint)i);
        else
            StoreRest(vector, values[i..]);
    }

    private static void StoreRest(Vector256<double> vector, Span<double> values)
    {
        for (var lane = 0; lane < values.Length; lane++)
            values[lane] = vector[lane];
    }
}
