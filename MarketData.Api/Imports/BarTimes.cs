using System.Globalization;

namespace MarketData.Api.Imports;

/// <summary>
/// Reads the times of a text file: ISO 8601 with or without an offset, <c>20240131</c>, seconds to nanoseconds since 1970, or in a form that was
/// said.
/// </summary>
/// <param name="format">The form, as .NET writes it, such as <c>dd/MM/yyyy HH:mm</c>; null for those above.</param>
internal sealed class BarTimes(string? format)
{
    private const int SecondsDigits = 10;
    private const int FractionDigits = 7;
    private readonly bool _hasOffset = format?.AsSpan().IndexOfAny('z', 'K') >= 0;
    private readonly bool _hasTime = format?.AsSpan().IndexOfAny('H', 'h', 'm') >= 0;

    /// <summary>What would be right, for whoever wrote something else.</summary>
    public string Requirement => format is null
        ? "is not a time: write it like 2024-01-31, 2024-01-31 09:30, 2024-01-31T14:30:00Z or as a count since 1970, or say time_format, "
            + "such as dd/MM/yyyy HH:mm."
        : $"is not a time of the form {format}.";

    /// <summary>Reads a time.</summary>
    public bool TryRead(ReadOnlySpan<char> text, out BarStamp stamp)
    {
        text = text.Trim();
        return format is null ? TryReadUsual(text, out stamp) : TryReadFormat(text, out stamp);
    }

    private bool TryReadFormat(ReadOnlySpan<char> text, out BarStamp stamp)
    {
        stamp = default;
        if (_hasOffset)
        {
            if (!DateTimeOffset.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant))
                return false;
            stamp = new(instant.UtcDateTime, StampKind.Instant);
            return true;
        }

        if (!DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            return false;
        stamp = new(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), _hasTime ? StampKind.Local : StampKind.Date);
        return true;
    }

    private static bool TryReadUsual(ReadOnlySpan<char> text, out BarStamp stamp)
    {
        stamp = default;
        if (text.Length == 8 && !text.ContainsAnyExceptInRange('0', '9'))
            return TryDate(text[..4], text[4..6], text[6..8], out stamp);
        if (text.Length < 10 || text[4] is not ('-' or '/' or '.') || text[7] != text[4])
            return TryCount(text, out stamp);
        if (!TryDate(text[..4], text[5..7], text[8..10], out stamp))
            return false;
        return text.Length == 10 || (text[10] is 'T' or 't' or ' ' && TryTime(stamp.Value, text[11..], out stamp));
    }

    private static bool TryDate(ReadOnlySpan<char> year, ReadOnlySpan<char> month, ReadOnlySpan<char> day, out BarStamp stamp)
    {
        stamp = default;
        if (!TryDigits(year, out var y) || !TryDigits(month, out var m) || !TryDigits(day, out var d))
            return false;
        if (y < 1 || m is < 1 or > 12 || d < 1 || d > DateTime.DaysInMonth(y, m))
            return false;
        stamp = new(new DateTime(y, m, d), StampKind.Date);
        return true;
    }

    // HH:mm, then maybe seconds with any fraction, then maybe Z or an offset.
    private static bool TryTime(DateTime date, ReadOnlySpan<char> text, out BarStamp stamp)
    {
        stamp = default;
        if (text.Length < 5 || text[2] != ':' || !TryDigits(text[..2], out var hour) || !TryDigits(text[3..5], out var minute))
            return false;
        if (hour > 23 || minute > 59)
            return false;
        var ticks = new TimeSpan(hour, minute, 0).Ticks;
        var rest = text[5..];
        if (rest is [':', _, _, ..])
        {
            if (!TryDigits(rest[1..3], out var second) || second > 59)
                return false;
            ticks += second * TimeSpan.TicksPerSecond;
            rest = rest[3..];
            if (rest is ['.', ..])
            {
                var length = rest[1..].IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : rest.Length - 1;
                if (length == 0)
                    return false;
                for (var (i, unit) = (0, TimeSpan.TicksPerSecond / 10); i < Math.Min(length, FractionDigits); i++, unit /= 10)
                    ticks += (rest[1 + i] - '0') * unit;
                rest = rest[(1 + length)..];
            }
        }

        var local = date.AddTicks(ticks);
        rest = rest.Trim();
        if (rest.IsEmpty)
            stamp = new(local, StampKind.Local);
        else if (rest is "Z" or "z" or "UTC")
            stamp = new(DateTime.SpecifyKind(local, DateTimeKind.Utc), StampKind.Instant);
        else if (TryOffset(rest, out var offset))
            stamp = new(DateTime.SpecifyKind(local - offset, DateTimeKind.Utc), StampKind.Instant);
        else
            return false;
        return true;
    }

    private static bool TryOffset(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = default;
        if (text is not ['+' or '-', _, _, ..] || !TryDigits(text[1..3], out var hours) || hours > 18)
            return false;
        var rest = text[3..] is [':', ..] ? text[4..] : text[3..];
        var minutes = 0;
        if (!rest.IsEmpty && (rest.Length != 2 || !TryDigits(rest, out minutes) || minutes > 59))
            return false;
        offset = new TimeSpan(hours, minutes, 0) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    /// <summary>Reads a count since 1970 in the unit that its number of digits tells.</summary>
    public static bool TryCount(ReadOnlySpan<char> text, out BarStamp stamp)
    {
        stamp = default;
        const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return decimal.TryParse(text, styles, NumberFormatInfo.InvariantInfo, out var count) && TryCount(count, out stamp);
    }

    /// <summary>Reads a count since 1970 in the unit that its size tells.</summary>
    public static bool TryCount(decimal count, out BarStamp stamp)
    {
        stamp = default;
        var size = decimal.Truncate(Math.Abs(count));
        var digits = size.ToString(CultureInfo.InvariantCulture).Length;
        // From 1973 on in seconds, which no date of eight digits looks like.
        if (digits is < SecondsDigits - 1 or > SecondsDigits + 9)
            return false;
        for (var thousands = (digits - SecondsDigits + 1) / 3; thousands > 0; thousands--)
            count /= 1_000;
        if (Math.Abs(count) > 8_000_000_000)
            return false;
        stamp = new(DateTime.UnixEpoch.AddTicks((long)(count * TimeSpan.TicksPerSecond)), StampKind.Instant);
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<char> text, out int number)
    {
        number = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit(digit))
                return false;
            number = 10 * number + digit - '0';
        }

        return !text.IsEmpty;
    }
}
