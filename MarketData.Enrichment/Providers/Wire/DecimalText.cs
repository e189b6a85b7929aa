using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;

namespace MarketData.Enrichment.Providers.Wire;

/// <summary>Reads decimal numbers from UTF-8, correctly rounded, several times faster than the general parser for prices.</summary>
public static class DecimalText
{
    private const int MaxExactPower = 22;

    // Beyond these a further digit could leave the range that the two fast ways are exact in.
    private const ulong MaxDoubleDigits = 900_719_925_474_099;
    private const ulong MaxDigitsBeforeEight = 1_000_000_000;
    private const ulong MaxLongDigits = 100_000_000_000_000_000;

    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789+-.eE"u8);

    private static readonly double[] PowersOfTen =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>Reads a JSON-style number: digits, optional sign, fraction and exponent, nothing around it.</summary>
    /// <param name="text">The number's UTF-8 text.</param>
    /// <param name="value">The nearest double; an infinity when the number is beyond the range of doubles.</param>
    /// <returns>Whether all of <paramref name="text"/> is a number.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value) =>
        (TryReadPrefix(text, out value, out var length) && length == text.Length) || TryParseSlowly(text, out value);

    /// <summary>
    /// Reads the number that <paramref name="text"/> begins with, if it is an ordinary one: as JSON writes them, of at most 18 digits.
    /// </summary>
    /// <param name="text">UTF-8 text.</param>
    /// <param name="value">The nearest double.</param>
    /// <param name="length">The number's length in bytes.</param>
    public static bool TryReadPrefix(ReadOnlySpan<byte> text, out double value, out int length)
    {
        var at = 0;
        var negative = text.Length > 0 && text[0] == (byte)'-';
        if (negative)
            at++;

        var start = at;
        ulong digits = 0;
        ReadDigits(text, ref at, ref digits);
        var power = 0;
        var valid = at > start && (text[start] != (byte)'0' || at == start + 1);
        if (at < text.Length && text[at] == (byte)'.')
        {
            var point = ++at;
            ReadDigits(text, ref at, ref digits);
            power = point - at;
            valid &= power < 0;
        }

        if (at < text.Length && !IsDelimiter(text[at]))
            valid &= TryReadExponent(text, ref at, ref power);

        length = at;
        if (!TryScale(digits, power, out value))
            return false;
        if (negative)
            value = -value;
        return valid;
    }

    // Stops before a digit that would not fit; what follows is then no delimiter, and the number is not an ordinary one.
    private static void ReadDigits(ReadOnlySpan<byte> text, ref int at, ref ulong digits)
    {
        while (digits < MaxDigitsBeforeEight && text.Length - at >= sizeof(ulong)
            && TryReadEightDigits(BinaryPrimitives.ReadUInt64LittleEndian(text[at..]), out var eight))
        {
            digits = digits * 100_000_000 + eight;
            at += sizeof(ulong);
        }

        while ((uint)at < (uint)text.Length)
        {
            var digit = (uint)(text[at] - '0');
            if (digit > 9 || digits >= MaxLongDigits)
                return;
            digits = digits * 10 + digit;
            at++;
        }
    }

    // Adds neighbours: eight digits to four pairs, to two fours, to one number. D. Lemire, "Quickly parsing eight digits", 2018.
    private static bool TryReadEightDigits(ulong bytes, out ulong value)
    {
        value = bytes - 0x3030303030303030;
        var allDigits = ((bytes + 0x4646464646464646) | value) & 0x8080808080808080;
        value = value * 10 + (value >> 8);
        value = ((value & 0x000000FF000000FF) * 0x000F424000000064 + ((value >> 16) & 0x000000FF000000FF) * 0x0000271000000001) >> 32;
        return allDigits == 0;
    }

    private static bool IsDelimiter(byte value) => value is (byte)',' or (byte)'"' or (byte)'}' or (byte)']';

    private static bool TryReadExponent(ReadOnlySpan<byte> text, ref int at, ref int power)
    {
        if ((text[at] | 0x20) != 'e' || ++at == text.Length)
            return false;

        var negative = text[at] == (byte)'-';
        if (text[at] is (byte)'-' or (byte)'+')
            at++;

        var (start, exponent) = (at, 0);
        while (at < text.Length && (uint)(text[at] - '0') <= 9 && at < start + 4)
            exponent = exponent * 10 + (text[at++] - '0');
        power += negative ? -exponent : exponent;
        return at > start && (at == text.Length || IsDelimiter(text[at]));
    }

    // W. D. Clinger, "How to read floating point numbers accurately", 1990: digits and power of ten are both exact doubles,
    // so that one operation rounds once.
    private static bool TryScale(ulong digits, int power, out double value)
    {
        value = 0;
        if (power is < -MaxExactPower or > MaxExactPower)
            return false;

        if (digits < MaxDoubleDigits * 10)
        {
            value = power < 0 ? digits / PowersOfTen[-power] : (double)(long)digits * PowersOfTen[power];
            return true;
        }

        return power <= 0 && digits < MaxLongDigits * 10 && TryDivide((long)digits, PowersOfTen[-power], out value);
    }

    // Up to 18 digits over a power of ten: the quotient of the rounded digits, corrected by the exact remainder. The correction is good
    // to about 2^-50 of a unit in the last place, so only quotients that near to a tie (or to a power of two, where the unit changes)
    // are left to the general parser.
    private static bool TryDivide(long digits, double divisor, out double value)
    {
        var rounded = (double)digits;
        var quotient = rounded / divisor;
        var correction = (Math.FusedMultiplyAdd(-quotient, divisor, rounded) + (digits - (long)rounded)) / divisor;
        value = quotient + correction;
        var rest = Math.Abs(correction - (value - quotient));
        var unit = Math.BitIncrement(value) - value;
        return rest < 0.499999 * unit && (BitConverter.DoubleToInt64Bits(value) & 0xF_FFFF_FFFF_FFFF) != 0;
    }

    // The general parser takes more than JSON does: spaces, a leading '+', names of infinities.
    private static bool TryParseSlowly(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        return text.Length > 0
            && text.IndexOfAnyExcept(NumberBytes) < 0
            && double.TryParse(
                text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value);
    }
}
