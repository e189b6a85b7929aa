using MarketData.Domain.Candles;

namespace MarketData.Domain.Calendars;

/// <summary>
/// When an asset trades, and so which candles are expected, on which grid, and when each is closed and final.
/// All instants are UTC; ranges are half open, from inclusive and to exclusive.
/// </summary>
public abstract class TradingCalendar
{
    /// <summary>US equities: the regular sessions of the New York Stock Exchange.</summary>
    public static TradingCalendar UsEquities { get; } = new SessionCalendar(ExchangeRules.Load("XNYS"));

    /// <summary>Crypto: every instant of every day, on the UTC grid.</summary>
    public static TradingCalendar AroundTheClock { get; } = new AroundTheClockCalendar();

    /// <summary>The calendar by which an instrument trades: its exchange's, or that of US equities where its exchange is not known.</summary>
    public static TradingCalendar For(Instrument instrument) => Exchange.Of(instrument).Calendar;

    /// <summary>From here on every holiday is known; before it, only those that follow a rule.</summary>
    public abstract DateOnly HolidaysKnownFrom { get; }

    /// <summary>
    /// Up to here every holiday is known; beyond it sessions are expected by rule, and a day without one may be a holiday that was not
    /// announced yet.
    /// </summary>
    public abstract DateOnly HolidaysKnownThrough { get; }

    /// <summary>Whether a candle of <paramref name="interval"/> can open at <paramref name="timestamp"/>.</summary>
    public abstract bool IsExpected(DateTime timestamp, BarInterval interval);

    /// <summary>
    /// The instant at which the candle that opens at <paramref name="timestamp"/> stops forming: a session's end cuts an intraday bar short,
    /// a daily bar closes with its session, a weekly one with the last session of its week.
    /// For a stamp that no candle has, the stamp plus the interval's nominal length.
    /// </summary>
    public abstract DateTime CloseOf(DateTime timestamp, BarInterval interval);

    /// <summary>
    /// The instant from which a fetch of the candle that opens at <paramref name="timestamp"/> gives its final values: the open of the
    /// session after its close. Providers revise a day overnight; before this instant a candle is provisional.
    /// </summary>
    public abstract DateTime FinalFrom(DateTime timestamp, BarInterval interval);

    /// <summary>How many candles are expected to open in the range.</summary>
    public abstract long CountExpected(DateTime from, DateTime to, BarInterval interval);

    /// <summary>The opening instants of the candles expected in the range, ascending.</summary>
    public abstract IEnumerable<DateTime> Expected(DateTime from, DateTime to, BarInterval interval);

    /// <summary>The opening instant of the first candle expected after <paramref name="timestamp"/>.</summary>
    public abstract DateTime Next(DateTime timestamp, BarInterval interval);

    /// <summary>The opening instant of the last candle expected before <paramref name="timestamp"/>.</summary>
    public abstract DateTime Previous(DateTime timestamp, BarInterval interval);

    /// <summary>The opening instant of the last candle that is closed at <paramref name="now"/>.</summary>
    public DateTime LastClosed(DateTime now, BarInterval interval)
    {
        var candidate = Previous(now, interval);
        while (CloseOf(candidate, interval) > now)
            candidate = Previous(candidate, interval);
        return candidate;
    }

    /// <summary>Whether <paramref name="instant"/> lies within trading hours.</summary>
    public abstract bool IsOpen(DateTime instant);

    /// <summary>
    /// The opening instant of the session that is <paramref name="sessions"/> sessions before the
    /// one at or before <paramref name="instant"/>.
    /// </summary>
    public abstract DateTime SessionsBack(DateTime instant, int sessions);

    /// <summary>The date of the session or UTC day that the candle opening at <paramref name="timestamp"/> belongs to.</summary>
    public abstract DateOnly DateOf(DateTime timestamp, BarInterval interval);

    /// <summary>The number of the last session at or before a date, counted from the first one of 1970, which is 0; negative before it.</summary>
    public abstract int SessionNumber(DateOnly date);

    /// <summary>The date of the session of a number, as <see cref="SessionNumber"/> counts them.</summary>
    public abstract DateOnly SessionDate(int number);

    /// <summary>The Monday of the week that a date lies in: the date of its weekly candle.</summary>
    public static DateOnly MondayOf(DateOnly date) => date.AddDays(-(((int)date.DayOfWeek + 6) % 7));

    /// <summary>
    /// Whether the session, or one of the week, of the candle that opens at <paramref name="timestamp"/> was held for sure, as far as holidays
    /// are known: no exchange closes for a week that no rule gives.
    /// </summary>
    public bool IsCertain(DateTime timestamp, BarInterval interval) =>
        interval == BarInterval.OneWeek || DateOf(timestamp, interval) <= HolidaysKnownThrough;

    /// <summary>
    /// Whether a candle is missing between two that are there. Beyond the known holidays a session without any candle counts as none.
    /// </summary>
    public bool IsMissingBetween(DateTime earlier, DateTime later, BarInterval interval)
    {
        var next = Next(earlier, interval);
        return next < later && (IsCertain(next, interval)
            || DateOf(next, interval) == DateOf(earlier, interval)
            || DateOf(Previous(later, interval), interval) == DateOf(later, interval));
    }

    /// <summary>Finds the session of a date; around the clock each UTC day is one.</summary>
    /// <returns>Whether there is one.</returns>
    public abstract bool TryGetSession(DateOnly date, out Session session);

    /// <summary>
    /// The instant, UTC, from which candles are of a date or later: 00:00 UTC of it; of intraday ones its opening where that is earlier, as
    /// Sydney's in summer.
    /// </summary>
    public DateTime BeginOf(DateOnly date, BarInterval interval) =>
        interval.IsIntraday() && TryGetSession(date, out var session) && session.First.Grid < StampOf(date) ? session.First.Grid : StampOf(date);

    /// <summary>
    /// From the opening of the day of a bar back to that of the day before, and the end of the bars for which that holds.
    /// </summary>
    internal abstract (DateTime Until, TimeSpan Shift) DayBefore(DateTime timestamp);

    private protected static DateTime StampOf(DateOnly date) => date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
}
