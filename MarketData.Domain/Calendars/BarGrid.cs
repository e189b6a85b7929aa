using MarketData.Domain.Candles;

namespace MarketData.Domain.Calendars;

/// <summary>
/// Where the bars of a timeframe begin and end that are made of stored candles. Intraday ones count as stored candles do, from the opening of
/// each session and anew after its break, so that none spans two sessions; the others are made of whole sessions. No bar depends on which range
/// is looked at.
/// </summary>
/// <param name="instrument">Of what; it decides the calendar.</param>
/// <param name="timeframe">The bars.</param>
/// <param name="source">The interval of the candles that they are made of.</param>
public sealed class BarGrid(Instrument instrument, Timeframe timeframe, BarInterval source)
{
    // Between these years every calendar knows what lies before and after.
    private const int FirstYear = 1928;
    private const int LastYear = 2198;
    private static readonly DateOnly FirstMonday = new(1970, 1, 5);

    // How long after its end a bar is complete whatever is missing of it: of a series that has ended, or a session that was not held after all.
    private static readonly TimeSpan GracePeriod = TimeSpan.FromDays(7);

    private readonly TradingCalendar _calendar = TradingCalendar.For(instrument);

    /// <summary>The bar that a candle which opens at an instant is part of. One that opens outside of all sessions is a bar by itself.</summary>
    public BarSpan At(DateTime timestamp)
    {
        if (timestamp.Year is < FirstYear or > LastYear)
            return Alone(timestamp);
        var date = _calendar.DateOf(timestamp, source);
        if (timeframe.Length is { } length)
            return _calendar.TryGetSession(date, out var session) ? Within(session, timestamp, length.Ticks) : Alone(timestamp);
        var (first, next) = Dates(date);
        return new(Midnight(first), _calendar.BeginOf(first, source), _calendar.BeginOf(next, source));
    }

    /// <summary>Whether nothing that belongs to a bar can be expected any more.</summary>
    /// <param name="bar">The bar.</param>
    /// <param name="last">Opening instant of the last candle that there is, UTC.</param>
    /// <param name="now">The present instant, UTC; null when that does not matter.</param>
    public bool IsComplete(BarSpan bar, DateTime last, DateTime? now) =>
        last >= bar.Until || IsOver(bar, now) || last >= _calendar.Previous(bar.Until, source);

    /// <summary>Whether a bar ended so long ago that it is complete whatever is missing of it.</summary>
    public static bool IsOver(BarSpan bar, DateTime? now) => bar.Until + GracePeriod <= now;

    private BarSpan Within(in Session session, DateTime timestamp, long length)
    {
        var span = session.SpanAt(timestamp);
        if (timestamp < span.Grid || timestamp >= span.End)
            return Alone(timestamp);
        var stamp = span.Grid.AddTicks((timestamp - span.Grid).Ticks / length * length);
        var until = stamp.AddTicks(length);
        return new(stamp, stamp, until < span.End ? until : span.End);
    }

    private BarSpan Alone(DateTime timestamp) => new(timestamp, timestamp, timestamp + source.Length());

    private (DateOnly First, DateOnly Next) Dates(DateOnly date)
    {
        var count = timeframe.Count;
        switch (timeframe.Unit)
        {
            case TimeframeUnit.Session:
                var session = Floor(_calendar.SessionNumber(date), count);
                return (_calendar.SessionDate(session), _calendar.SessionDate(session + count));
            case TimeframeUnit.Week:
                var week = Floor((TradingCalendar.MondayOf(date).DayNumber - FirstMonday.DayNumber) / 7, count);
                return (FirstMonday.AddDays(7 * week), FirstMonday.AddDays(7 * (week + count)));
            default:
                var first = new DateOnly(date.Year, Floor(date.Month - 1, count) + 1, 1);
                return (first, first.AddMonths(count));
        }
    }

    private static int Floor(int number, int count) => number - ((number % count + count) % count);

    private static DateTime Midnight(DateOnly date) => date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
}
