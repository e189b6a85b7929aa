using System.Globalization;

namespace MarketData.Api.Requests;

/// <summary>Where the next page of a series begins: after a candle, or before one when pages go back in time. Opaque to callers.</summary>
/// <param name="IsBackward">Whether the next page lies before <paramref name="Instant"/>.</param>
/// <param name="Instant">Opening instant of the last candle given in that direction, UTC.</param>
/// <param name="Query">What its query is known by.</param>
public readonly record struct SeriesCursor(bool IsBackward, DateTime Instant, string Query) : IQueryCursor
{
    // "a" or "b" and the microseconds since 1970, the database's resolution; then the query.
    private const int MaxLength = 40;

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
