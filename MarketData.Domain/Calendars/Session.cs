namespace MarketData.Domain.Calendars;

/// <summary>One regular trading session.</summary>
/// <param name="Date">The exchange's local date, by which daily bars are stamped.</param>
/// <param name="Open">First instant of trading, UTC.</param>
/// <param name="Close">End of trading, UTC; earlier than usual on a half day.</param>
public readonly record struct Session(DateOnly Date, DateTime Open, DateTime Close)
{
    /// <summary>The stamp of the session's daily bar: 00:00 UTC of <see cref="Date"/>.</summary>
    public DateTime Stamp => Date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
}
