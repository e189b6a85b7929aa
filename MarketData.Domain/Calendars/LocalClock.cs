using NodaTime;

namespace MarketData.Domain.Calendars;

/// <summary>The clock of a time zone, by the rules of the IANA database that come with this build.</summary>
public sealed class LocalClock
{
    private readonly DateTimeZone _zone;

    private LocalClock(DateTimeZone zone) => _zone = zone;

    /// <summary>The IANA id of the zone.</summary>
    public string Zone => _zone.Id;

    /// <summary>The clock of a zone, by its IANA id in any case; null where there is no such zone.</summary>
    public static LocalClock? Find(string? id) =>
        DateTimeZoneProviders.Tzdb.Ids.FirstOrDefault(one => one.Equals(id, StringComparison.OrdinalIgnoreCase)) is { } known
            ? new(DateTimeZoneProviders.Tzdb[known])
            : null;

    /// <summary>What it is ahead of UTC at an instant, UTC.</summary>
    public TimeSpan OffsetAt(DateTime instant) => _zone.GetUtcOffset(Instant.FromDateTimeUtc(instant)).ToTimeSpan();

    /// <summary>What it is ahead of UTC when a date begins there.</summary>
    public TimeSpan OffsetOf(DateOnly date) => _zone.AtStartOfDay(LocalDate.FromDateOnly(date)).Offset.ToTimeSpan();

    /// <summary>
    /// The instant, UTC, at which it shows a time of a date: where it is put forward past that, as much later; where it shows it twice, the first.
    /// </summary>
    public DateTime InstantOf(DateOnly date, TimeOnly time) =>
        _zone.AtLeniently(LocalDate.FromDateOnly(date).At(LocalTime.FromTimeOnly(time))).ToDateTimeUtc();
}
