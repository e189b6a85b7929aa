using System.Globalization;

namespace MarketData.Api.Historical;

/// <summary>Where the next page of a series begins: after a candle, or before one when pages go back in time.</summary>
/// <param name="IsBackward">Whether the next page lies before <paramref name="Instant"/>.</param>
/// <param name="Instant">Opening instant of the last candle given in that direction, UTC.</param>
public readonly record struct SeriesCursor(bool IsBackward, DateTime Instant)
{
    // "a" or "b" and the microseconds since 1970: the database's resolution.
    private const int MaxLength = 20;

    /// <summary>What a cursor must be.</summary>
    public const string Requirement = "'cursor' must be the next_cursor of the page before.";

    /// <summary>Reads a cursor, if there is one.</summary>
    /// <returns>Whether there is none, or one that this service gave.</returns>
    public static bool TryParseOptional(string? text, out SeriesCursor? cursor)
    {
        cursor = null;
        if (text is null)
            return true;
        var read = TryParse(text, out var given);
        cursor = given;
        return read;
    }

    /// <summary>Reads a cursor that this service gave.</summary>
    public static bool TryParse(string text, out SeriesCursor cursor)
    {
        cursor = default;
        if (text.Length is < 2 or > MaxLength || text[0] is not ('a' or 'b')
            || !long.TryParse(text.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var microseconds)
            || Math.Abs(microseconds) > 7_000_000_000_000_000)
        {
            return false;
        }

        cursor = new SeriesCursor(text[0] == 'b', DateTime.UnixEpoch.AddMicroseconds(microseconds));
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(IsBackward ? 'b' : 'a')}{(Instant - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond}");
}
