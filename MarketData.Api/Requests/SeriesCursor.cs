using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MarketData.Api.Requests;

/// <summary>Where the next page of a series begins: after a candle, or before one when pages go back in time. Opaque to callers.</summary>
/// <param name="IsBackward">Whether the next page lies before <paramref name="Instant"/>.</param>
/// <param name="Instant">Opening instant of the last candle given in that direction, UTC.</param>
/// <param name="Query">What its query is known by: <see cref="QueryOf"/>.</param>
public readonly record struct SeriesCursor(bool IsBackward, DateTime Instant, string Query)
{
    // "a" or "b" and the microseconds since 1970, the database's resolution; then the query.
    private const int MaxLength = 40;

    // What may differ from one page to the next.
    private static readonly string[] Free = ["cursor", "limit", "format"];

    /// <summary>What a request is known by, whatever page it asks for: its path and its other parameters.</summary>
    public static string QueryOf(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var given = request.Query.Where(one => !Free.Contains(one.Key, StringComparer.OrdinalIgnoreCase))
            .OrderBy(one => one.Key, StringComparer.OrdinalIgnoreCase).Select(one => $"{one.Key}={string.Join(',', one.Value!)}");
        var text = $"{request.Path}?{string.Join('&', given)}".ToUpperInvariant();
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 4));
    }

    /// <summary>What is wrong with a cursor of another query than the request's; null when nothing is.</summary>
    public static string? Objection(SeriesCursor? cursor, HttpRequest request) => cursor is { } given && given.Query != QueryOf(request)
        ? "'cursor' belongs to another query: all parameters but 'limit' must be those of the page that it came from."
        : null;

    /// <summary>Reads a cursor that this service gave.</summary>
    public static bool TryParse(string? s, out SeriesCursor result)
    {
        result = default;
        if (s is not { Length: >= 4 and <= MaxLength } || s[0] is not ('a' or 'b') || s.Split('.') is not [var place, { Length: > 0 } query]
            || !long.TryParse(place.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var microseconds)
            || Math.Abs(microseconds) > 7_000_000_000_000_000)
            return false;
        result = new SeriesCursor(s[0] == 'b', DateTime.UnixEpoch.AddMicroseconds(microseconds), query);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(IsBackward ? 'b' : 'a')}{(Instant - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond}.{Query}");
}
