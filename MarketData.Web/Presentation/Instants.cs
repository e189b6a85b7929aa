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
        { } instant => DateTimeOffset.TryParse(instant, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var utc) ? UrlQuery.Text(utc) : null,
    };

    /// <summary>Whether a range that was typed ends before it begins.</summary>
    public static bool AreBackwards(string? start, string? end) =>
        Read(start) is { Length: > 0 } first && Read(end) is { Length: > 0 } last && Parse(last) < Parse(first);

    private static DateTimeOffset Parse(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
