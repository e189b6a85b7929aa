using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using NodaTime;
using NodaTime.TimeZones;

namespace MarketData.Api.Imports;

/// <summary>Makes the opening instant of a bar of what its row says of the time.</summary>
/// <param name="zone">The clock of times that name none; null when none was said.</param>
/// <param name="ambiguous">What an hour that the clock shows twice means: <c>earlier</c>, <c>later</c>, or <c>reject</c>.</param>
internal sealed class StampClock(DateTimeZone? zone, string ambiguous)
{
    private ZoneInterval? _interval;
    private DateTime _from = DateTime.MaxValue;
    private DateTime _to = DateTime.MinValue;

    /// <summary>The instant, or what is wrong with the time.</summary>
    public string? Resolve(BarStamp stamp, BarInterval interval, Exchange exchange, out DateTime instant)
    {
        instant = default;
        if (!interval.IsIntraday())
        {
            var date = DateOf(stamp, exchange);
            if (interval == BarInterval.OneWeek)
                date = MondayOf(date, exchange);
            instant = date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
            return null;
        }

        switch (stamp.Kind)
        {
            case StampKind.Instant:
                instant = stamp.Value;
                return null;
            case StampKind.Date:
                return "has no time of day, which bars of less than a day need.";
            default:
                return zone is null ? "names no time zone: say zone, such as zone=America/New_York or zone=UTC." : ToUtc(stamp.Value, out instant);
        }
    }

    // A day is stamped at its midnight, UTC or there, at its opening or at its close: its date there is what counts.
    private DateOnly DateOf(BarStamp stamp, Exchange exchange)
    {
        if (stamp.Kind != StampKind.Instant || stamp.Value.TimeOfDay == TimeSpan.Zero)
            return DateOnly.FromDateTime(stamp.Value);
        return zone is null ? exchange.DateAt(stamp.Value) : Instant.FromDateTimeUtc(stamp.Value).InZone(zone).Date.ToDateOnly();
    }

    // Some weeks are stamped with their Sunday, the day before their first session.
    private static DateOnly MondayOf(DateOnly date, Exchange exchange) =>
        date.DayOfWeek == DayOfWeek.Sunday && !exchange.Calendar.TryGetSession(date, out _) ? date.AddDays(1) : TradingCalendar.MondayOf(date);

    private string? ToUtc(DateTime local, out DateTime instant)
    {
        // Far from a change of the clocks the offset is the one of the row before.
        if (local >= _from && local < _to)
        {
            instant = DateTime.SpecifyKind(local - _interval!.WallOffset.ToTimeSpan(), DateTimeKind.Utc);
            return null;
        }

        instant = default;
        var mapping = zone!.MapLocal(LocalDateTime.FromDateTime(local));
        if (mapping.Count == 0)
            return $"does not exist in {zone.Id}: the clocks were put forward over it.";
        if (mapping.Count == 2 && ambiguous == "reject")
            return $"comes twice in {zone.Id}, as the clocks were put back: say ambiguous=earlier or ambiguous=later.";
        instant = (ambiguous == "later" ? mapping.Last() : mapping.First()).ToDateTimeUtc();
        if (mapping.Count == 1)
            Keep(mapping.EarlyInterval);
        return null;
    }

    private void Keep(ZoneInterval interval)
    {
        _interval = interval;
        _from = interval.HasStart ? interval.IsoLocalStart.ToDateTimeUnspecified().AddDays(1) : DateTime.MinValue;
        _to = interval.HasEnd ? interval.IsoLocalEnd.ToDateTimeUnspecified().AddDays(-1) : DateTime.MaxValue;
    }
}
