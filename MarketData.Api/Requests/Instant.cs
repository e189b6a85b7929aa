using System.Globalization;
using System.Text.RegularExpressions;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Api.Requests;

/// <summary>
/// An instant in a request: ISO 8601, UTC unless it names another offset, or the seconds, milliseconds, microseconds or nanoseconds since 1970;
/// or a date. The years 1900 to 2200.
/// </summary>
/// <param name="Utc">The instant, UTC, in whole microseconds, as the database has them; the midnight of a date.</param>
/// <param name="IsDate">Whether only a date was given.</param>
public readonly partial record struct Instant(DateTime Utc, bool IsDate = false)
{
    /// <summary>What an instant must be, for whoever sends something else.</summary>
    public const string Requirement =
        "must be a date or a time in ISO 8601, such as 2024-01-02 or 2024-01-02T14:30:00Z, or the seconds (10 digits), milliseconds (13), "
        + "microseconds (16) or nanoseconds (19) since 1970, from the years 1900 to 2200.";

    // With this many digits, or one fewer, a number counts parts of a second: fewer could as well be a year or a date.
    private const int SecondsLength = 10;
    private static readonly string[] Formats = ["yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];

    /// <summary>The first instant that it does not reach as the end of a range: itself, or the midnight after a date.</summary>
    public DateTime End => IsDate ? Utc.AddDays(1) : Utc;

    /// <summary>Whether an instant lies in the years that are accepted.</summary>
    public static bool IsInRange(DateTime instant) => instant.Year is >= 1900 and <= 2200;

    /// <summary>An instant of a JSON body in UTC: one without an offset is UTC already.</summary>
    public static DateTime? ToUtc(DateTime? instant) => instant is { Kind: DateTimeKind.Unspecified } given
        ? DateTime.SpecifyKind(given, DateTimeKind.Utc)
        : instant?.ToUniversalTime();

    /// <summary>The first instant that candles of a range that begins with it may open at: a date begins with its session.</summary>
    public DateTime StartOf(Instrument instrument, BarInterval interval) =>
        IsDate ? TradingCalendar.For(instrument).BeginOf(DateOnly.FromDateTime(Utc), interval) : Utc;

    /// <summary>The first instant at which candles of a range that ends with it may open no more: a date ends with its session.</summary>
    public DateTime EndOf(Instrument instrument, BarInterval interval) =>
        IsDate ? TradingCalendar.For(instrument).BeginOf(DateOnly.FromDateTime(Utc).AddDays(1), interval) : Utc;

    /// <summary>The last date that a range of days has which ends with it.</summary>
    public DateOnly LastDate => DateOnly.FromDateTime(IsDate ? Utc : Utc.AddTicks(-1));

    /// <summary>Reads an instant.</summary>
    public static bool TryParse(string? s, out Instant result)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        result = default;
        if (s is null || s.Length > 60)
            return false;
        if (Number().Match(s) is { Success: true } number)
            return TryCount(number.Groups["whole"].Value, number.Groups["part"].Value, out result);
        if (DateTime.TryParseExact(s, "yyyy-MM-dd", CultureInfo.InvariantCulture, Utc, out var date))
        {
            result = new(date, IsDate: true);
            return IsInRange(date);
        }

        // More digits than ticks have count only in that there is something of them.
        var text = LongFraction().Replace(s.Replace(' ', 'T'), "$1");
        if (!DateTime.TryParseExact(text, Formats, CultureInfo.InvariantCulture, Utc, out var instant) || !IsInRange(instant))
            return false;
        var isBeyond = LongFraction().Match(s) is { Success: true } rest && rest.Groups[2].Value.Trim('0').Length > 0;
        result = new(Whole(isBeyond ? instant.AddTicks(1) : instant));
        return true;
    }

    private static bool TryCount(string whole, string part, out Instant result)
    {
        result = default;
        var digits = whole.TrimStart('-').Length;
        if (digits is < SecondsLength - 1 or > SecondsLength + 9 || digits % 3 == 2 || (part.Length > 0 && digits > SecondsLength))
            return false;
        var seconds = decimal.Parse(whole + part, CultureInfo.InvariantCulture);
        for (var thousands = (digits - SecondsLength + 1) / 3; thousands > 0; thousands--)
            seconds /= 1_000;
        if (Math.Abs(seconds) > 8_000_000_000)
            return false;
        result = new(Whole(DateTime.UnixEpoch.AddTicks((long)decimal.Ceiling(seconds * TimeSpan.TicksPerSecond))));
        return IsInRange(result.Utc);
    }

    // Up: of what the database has, the same lies before an instant as before the microsecond that follows it.
    private static DateTime Whole(DateTime instant) =>
        instant.Ticks % TimeSpan.TicksPerMicrosecond is > 0 and var rest ? instant.AddTicks(TimeSpan.TicksPerMicrosecond - rest) : instant;

    [GeneratedRegex(@"^(?<whole>-?\d+)(?<part>\.\d{1,18})?$")]
    private static partial Regex Number();

    [GeneratedRegex(@"(\.\d{7})(\d+)")]
    private static partial Regex LongFraction();
}
