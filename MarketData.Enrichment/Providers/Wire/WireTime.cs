using System.Globalization;
using System.Text.Json;

namespace MarketData.Enrichment.Providers.Wire;

/// <summary>Reads instants as providers write them: Unix time in seconds, milliseconds, microseconds or nanoseconds, or ISO 8601.</summary>
/// <remarks>
/// The unit follows from the size of the number, so that a server that confuses seconds and milliseconds does no harm:
/// below 10¹⁰ seconds (until 2286), below 10¹⁴ milliseconds, below 10¹⁷ microseconds, else nanoseconds.
/// Milliseconds of the 115 days around 1 January 1970 would be misread; no provider serves them.
/// </remarks>
public static class WireTime
{
    private const double SecondsBelow = 1e10;
    private const double MillisecondsBelow = 1e14;
    private const double MicrosecondsBelow = 1e17;

    private static readonly DateTime Earliest = new(1800, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Latest = new(2200, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Turns Unix time of any of the four units into an instant.</summary>
    /// <returns>False when the number is no instant between the years 1800 and 2200.</returns>
    public static bool TryFromUnix(double number, out DateTime instant)
    {
        var (perUnit, size) = (TimeSpan.TicksPerSecond, Math.Abs(number));
        if (size >= MicrosecondsBelow)
            (perUnit, number) = (TimeSpan.TicksPerMicrosecond, number / 1000);
        else if (size >= MillisecondsBelow)
            perUnit = TimeSpan.TicksPerMicrosecond;
        else if (size >= SecondsBelow)
            perUnit = TimeSpan.TicksPerMillisecond;

        var ticks = number * perUnit;
        var known = Math.Abs(ticks) < (Latest - DateTime.UnixEpoch).Ticks * 2.0;
        instant = known ? DateTime.UnixEpoch.AddTicks((long)Math.Round(ticks)) : default;
        return known && IsPlausible(instant);
    }

    /// <summary>Whether an instant lies between the years 1800 and 2200.</summary>
    public static bool IsPlausible(DateTime instant) => instant >= Earliest && instant < Latest;

    /// <summary>Reads the number or string that the reader stands on.</summary>
    /// <returns>False when it is no instant between the years 1800 and 2200; what is neither number nor text is stepped over
    /// then.</returns>
    public static bool TryRead(ref Utf8JsonReader reader, out DateTime instant)
    {
        if (reader.TokenType is JsonTokenType.Number or JsonTokenType.String && DecimalText.TryParse(reader.ValueSpan, out var number))
            return TryFromUnix(number, out instant);

        if (reader.TokenType == JsonTokenType.String
            && DateTime.TryParse(
                reader.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out instant))
            return IsPlausible(instant);

        instant = default;
        reader.Skip();
        return false;
    }
}
