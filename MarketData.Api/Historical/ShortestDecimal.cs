using System.Numerics;

namespace MarketData.Api.Historical;

/// <summary>
/// The decimal with the fewest digits that reads back as a number, and the closest to it among those: what .NET writes, in a fifth of the time.
/// A feature has seventeen digits more often than not, and a table of them is mostly this.
/// </summary>
/// <remarks>
/// Source: Raffaele Giulietti, "The Schubfach way to render doubles" (2021), sections 9 and 10; the algorithm of <c>Double.toString</c> in Java.
/// </remarks>
internal static class ShortestDecimal
{
    /// <summary>Numbers from here on are rendered, …</summary>
    public const double Least = 1e-4;

    /// <summary>… up to here, exclusive: those that .NET writes without an exponent.</summary>
    public const double Most = 1e15;

    private const int MantissaBits = 52;
    private const int ExponentBias = 1075;
    private const ulong HiddenBit = 1UL << MantissaBits;
    private const ulong Mask63 = (1UL << 63) - 1;
    private const int LeastPower = -20;
    private const int MostPower = -1;

    // 10 to the power of -k, scaled to 126 bits and rounded up, in halves of 63 bits.
    private static readonly (ulong High, ulong Low)[] Powers = [.. Enumerable.Range(LeastPower, MostPower - LeastPower + 1).Select(Power)];

    /// <summary>Finds it.</summary>
    /// <param name="number">From <see cref="Least"/> to <see cref="Most"/>.</param>
    /// <returns>The digits as a whole number, which may end in zeros, and the power of ten that they are multiplied by.</returns>
    public static (ulong Digits, int Power) Of(double number)
    {
        var bits = BitConverter.DoubleToUInt64Bits(number);
        var fraction = bits & (HiddenBit - 1);
        var (c, q) = (fraction | HiddenBit, (int)(bits >> MantissaBits) - ExponentBias);
        // The interval of numbers that round to this one, in quarters of the last bit; below a power of two it is half as wide.
        var isOdd = c & 1;
        var (left, k) = fraction != 0 ? ((c << 2) - 2, FloorLog10OfPowerOf2(q)) : ((c << 2) - 1, FloorLog10OfThreeQuarters(q));
        var shift = q + FloorLog2OfPowerOf10(-k) + 2;
        var power = Powers[k - LeastPower];
        var (value, lower, upper) = (Scale(power, c << 2 << shift), Scale(power, left << shift), Scale(power, ((c << 2) + 2) << shift));
        var digits = value >> 2;
        // With a digit less, if exactly one of the two neighbours is in the interval.
        var tens = digits / 10 * 10;
        var (isTensIn, isNextTensIn) = (lower + isOdd <= tens << 2, ((tens + 10) << 2) + isOdd <= upper);
        if (isTensIn != isNextTensIn)
            return (isTensIn ? tens : tens + 10, k);
        var (isIn, isNextIn) = (lower + isOdd <= digits << 2, ((digits + 1) << 2) + isOdd <= upper);
        if (isIn != isNextIn)
            return (isIn ? digits : digits + 1, k);
        // Both are: the closer one, and of two as close the even one.
        var middle = (long)(value - ((2 * digits + 1) << 1));
        return (middle < 0 || (middle == 0 && (digits & 1) == 0) ? digits : digits + 1, k);
    }

    // The product without its fraction, and with its last bit set where there was one.
    private static ulong Scale((ulong High, ulong Low) power, ulong value)
    {
        var low = Math.BigMul(power.Low, value, out _);
        var high = Math.BigMul(power.High, value, out var middle);
        var sum = (middle >> 1) + low;
        return (high + (sum >> 63)) | (((sum & Mask63) + Mask63) >> 63);
    }

    private static int FloorLog10OfPowerOf2(int exponent) => (int)((exponent * 661_971_961_083L) >> 41);

    private static int FloorLog10OfThreeQuarters(int exponent) => (int)((exponent * 661_971_961_083L - 274_743_187_321L) >> 41);

    private static int FloorLog2OfPowerOf10(int exponent) => (int)((exponent * 913_124_641_741L) >> 38);

    private static (ulong High, ulong Low) Power(int k)
    {
        var shift = 125 - FloorLog2OfPowerOf10(-k);
        var power = BigInteger.Pow(10, -k);
        var rounded = (shift >= 0 ? power << shift : power >> -shift) + 1;
        return ((ulong)(rounded >> 63), (ulong)(rounded & Mask63));
    }
}
