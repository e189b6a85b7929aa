using NodaTime;

namespace MarketData.Enrichment.Providers;

/// <summary>
/// The clock by which a provider's stamps of days are read: a day comes stamped at midnight UTC, or at midnight, at the opening or at the last
/// trade on the exchange, and its date there is what counts.
/// </summary>
internal sealed class ExchangeClock
{
    private readonly DateTimeZone _zone;

    private ExchangeClock(DateTimeZone zone) => _zone = zone;

    /// <summary>UTC, of markets that never close.</summary>
    public static ExchangeClock Utc { get; } = new(DateTimeZone.Utc);

    /// <summary>The clock of a zone; of an offset from UTC where the zone is not told or not known; else <see cref="Utc"/>.</summary>
    /// <param name="zone">The zone's IANA id.</param>
    /// <param name="offsetSeconds">Seconds east of UTC.</param>
    public static ExchangeClock Of(string? zone, double? offsetSeconds = null)
    {
        if (zone is not null && DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is { } known)
            return new ExchangeClock(known);
        return offsetSeconds is { } seconds && Math.Abs(seconds) <= TimeSpan.FromHours(18).TotalSeconds
            ? new ExchangeClock(DateTimeZone.ForOffset(Offset.FromSeconds((int)seconds)))
            : Utc;
    }

    /// <summary>The date of a stamp.</summary>
    public DateOnly DateOf(DateTime stamp) => stamp.TimeOfDay == TimeSpan.Zero ? DateOnly.FromDateTime(stamp) : Local(stamp).Date.ToDateOnly();

    /// <summary>Whether a stamp is of midnight, UTC or there.</summary>
    public bool IsMidnight(DateTime stamp) => stamp.TimeOfDay == TimeSpan.Zero || Local(stamp).TimeOfDay == LocalTime.Midnight;

    private LocalDateTime Local(DateTime stamp) => Instant.FromDateTimeUtc(stamp).InZone(_zone).LocalDateTime;
}
