namespace MarketData.Domain.Calendars;

/// <summary>One regular trading session, which a lunch break may divide.</summary>
/// <param name="Date">The exchange's local date, by which daily bars are stamped.</param>
/// <param name="First">The trading until the break, or until the close where there is none.</param>
/// <param name="Second">The trading after the break; empty, at the close, where there is none.</param>
public readonly record struct Session(DateOnly Date, TradingSpan First, TradingSpan Second)
{
    /// <summary>First instant of trading, UTC.</summary>
    public DateTime Open => First.Start;

    /// <summary>End of trading, UTC; earlier than usual on a half day.</summary>
    public DateTime Close => Second.End;

    /// <summary>Whether it closes earlier than regular sessions of its time do.</summary>
    public bool IsHalfDay { get; init; }

    /// <summary>The begin of the lunch break, UTC; null where there is none.</summary>
    public DateTime? BreakStart => Second.IsEmpty ? null : First.End;

    /// <summary>The end of the lunch break, UTC; null where there is none.</summary>
    public DateTime? BreakEnd => Second.IsEmpty ? null : Second.Start;

    /// <summary>The stamp of the session's daily bar: 00:00 UTC of <see cref="Date"/>.</summary>
    public DateTime Stamp => Date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);

    /// <summary>Whether <paramref name="instant"/> lies within trading, not in the break.</summary>
    internal bool IsOpen(DateTime instant) => First.Contains(instant) || Second.Contains(instant);

    /// <summary>The span that a bar stamped <paramref name="timestamp"/>, before the close, belongs to.</summary>
    internal TradingSpan SpanAt(DateTime timestamp) => timestamp < First.End ? First : Second;
}
