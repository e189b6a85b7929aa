using System.Globalization;
using System.Runtime.CompilerServices;

namespace MarketData.Api.Historical;

/// <summary>
/// Writes numbers as .NET does, the fewest digits that read back as the same, in a fifth of the time; fastest those with up to four decimals, as
/// prices and volumes nearly all are.
/// </summary>
public static class ShortNumber
{
    /// <summary>The most bytes that a number takes.</summary>
    public const int MostLength = 32;

    private const int Decimals = 4;
    private const double Scale = 1e4;

    // Decimals of up to 15 digits are all different numbers: none has a shorter form than the one without its trailing zeros.
    private const double MostScaled = 1e15;

    /// <summary>Writes a number that is neither infinite nor NaN.</summary>
    /// <param name="number">The number.</param>
    /// <param name="text">Where to, <see cref="MostLength"/> bytes or more.</param>
    /// <returns>How many bytes it took.</returns>
    public static int Write(double number, Span<byte> text)
    {
        var scaled = Math.Round(number * Scale);
        // Division rounds correctly, as reading does: equality says that these digits read back as the number.
        if (!(number > 0 && scaled < MostScaled && scaled / Scale == number))
            return WriteShortest(number, text);

        var (whole, fraction) = Math.DivRem((ulong)scaled, (ulong)Scale);
        whole.TryFormat(text, out var written, default, CultureInfo.InvariantCulture);
        return fraction == 0 ? written : written + WriteFraction((uint)fraction, text[written..]);
    }

    private static int WriteShortest(double number, Span<byte> text)
    {
        if (Math.Abs(number) is < ShortestDecimal.Least or >= ShortestDecimal.Most)
        {
            number.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
            return length;
        }

        if (number < 0)
        {
            text[0] = (byte)'-';
            return 1 + WriteShortest(-number, text[1..]);
        }

        var (digits, power) = ShortestDecimal.Of(number);
        for (; digits % 10 == 0; digits /= 10)
            power++;
        Span<byte> written = stackalloc byte[MostLength];
        digits.TryFormat(written, out var count, default, CultureInfo.InvariantCulture);
        written = written[..count];
        // So many of the digits, which may be fewer than none, stand before the point.
        var whole = count + power;
        if (power >= 0)
        {
            written.CopyTo(text);
            text[count..whole].Fill((byte)'0');
            return whole;
        }

        if (whole > 0)
        {
            written[..whole].CopyTo(text);
            text[whole] = (byte)'.';
            written[whole..].CopyTo(text[(whole + 1)..]);
            return count + 1;
        }

        "0."u8.CopyTo(text);
        text[2..(2 - whole)].Fill((byte)'0');
        written.CopyTo(text[(2 - whole)..]);
        return 2 - whole + count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int WriteFraction(uint fraction, Span<byte> text)
    {
        var digits = Decimals;
        for (; fraction % 10 == 0; fraction /= 10)
            digits--;
        text[0] = (byte)'.';
        for (var i = digits; i > 0; i--)
        {
            text[i] = (byte)('0' + fraction % 10);
            fraction /= 10;
        }

        return digits + 1;
    }
}
