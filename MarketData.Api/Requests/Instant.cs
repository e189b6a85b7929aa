using System.Globalization;

namespace MarketData.Api.Requests;

/// <summary>
/// An instant in a request: ISO 8601, UTC unless it names another offset; a date alone is its midnight. The years 1900 to 2200.
/// </summary>
/// <param name="Utc">The instant, UTC.</param>
public readonly record struct Instant(DateTime Utc)
{
    /// <summary>What an instant must be, for whoever sends something else.</summary>
    public const string Requirement =
        "must be a date or a time in ISO 8601, such as 2024-01-02 or 2024-01-02T14:30:00Z, from the years 1900 to 2200.";

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ssK",
    ];

    /// <summary>Whether an instant lies in the years that are accepted.</summary>
    public static bool IsInRange(DateTime instant) => instant.Year is >= 1900 and <= 2200;

    /// <summary>An instant of a JSON body in UTC: one without an offset is UTC already.</summary>
    public static DateTime? ToUtc(DateTime? instant) => instant is { Kind: DateTimeKind.Unspecified } given
        ? DateTime.SpecifyKind(given, DateTimeKind.Utc)
        : instant?.ToUniversalTime();

    /// <summary>Reads an instant.</summary>
    public static bool TryParse(string? s, out Instant result)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var read = DateTime.TryParseExact(s, Formats, CultureInfo.InvariantCulture, Utc, out var instant) && IsInRange(instant);
        result = new(instant);
        return read;
    }
}
