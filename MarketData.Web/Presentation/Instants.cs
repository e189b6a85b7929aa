using System.Globalization;
using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>Days and instants that people type, as the Api reads them.</summary>
public static class Instants
{
    /// <summary>What may be typed, for whoever typed something else.</summary>
    public const string Requirement = "A day such as 2026-11-24, or an instant such as 2026-11-24 14:30.";

    /// <summary>What was typed as the Api reads it: empty for nothing, null for what is no instant.</summary>
    public static string? Read(string? text) => text?.Trim() switch
    {
        null or "" => "",
        { Length: 10 } day => DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? day : null,
        { } instant => DateTimeOffset.TryParse(instant, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var utc)
            ? UrlQuery.Text(utc)
            : null,
    };

    /// <summary>The instant that a text means, of a day its beginning in UTC; null when it means none.</summary>
    public static DateTimeOffset? Of(string? text) => Read(text) is { Length: > 0 } instant
        ? DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
        : null;

    /// <summary>Whether a range that was typed ends before it begins.</summary>
    public static bool AreBackwards(string? start, string? end) => Of(end) < Of(start);
}
