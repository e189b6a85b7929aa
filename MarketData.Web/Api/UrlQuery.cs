using System.Globalization;
using System.Text;

namespace MarketData.Web.Api;

/// <summary>What goes into addresses, of the Api and of the dashboard's own pages.</summary>
public static class UrlQuery
{
    /// <summary>A query string of the values that are there; empty when none is.</summary>
    public static string Of(params ReadOnlySpan<(string Name, string? Value)> values)
    {
        var query = new StringBuilder();
        foreach (var (name, value) in values)
        {
            if (value is { Length: > 0 })
                query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return query.ToString();
    }

    /// <summary>A value as a segment of a path.</summary>
    public static string Segment(object value) => Uri.EscapeDataString(Text(value) ?? "");

    /// <summary>A value as the Api reads it: instants in UTC, several texts separated by commas; null when there is none.</summary>
    public static string? Text(object? value) => value switch
    {
        bool yes => yes ? "true" : "false",
        DateTimeOffset instant => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("O", CultureInfo.InvariantCulture),
        string text => text,
        IEnumerable<string> texts => string.Join(',', texts),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => null,
    };
}
