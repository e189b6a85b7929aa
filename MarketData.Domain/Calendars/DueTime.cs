namespace MarketData.Domain.Calendars;

/// <summary>Times of day by which something is due, by the clock of a zone.</summary>
public static class DueTime
{
    /// <summary>The last instant, UTC, that is not after another at which a clock showed a time of day.</summary>
    /// <param name="now">The other instant, UTC.</param>
    /// <param name="time">The time of day. Where clocks are put forward past it, it is as much later; where they show it twice, the first time counts.</param>
    /// <param name="clock">The clock.</param>
    public static DateTime LastBefore(DateTime now, TimeOnly time, LocalClock clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var today = DateOnly.FromDateTime(now + clock.OffsetAt(now));
        var due = clock.InstantOf(today, time);
        return due <= now ? due : clock.InstantOf(today.AddDays(-1), time);
    }
}
