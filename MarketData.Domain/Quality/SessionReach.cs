using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Domain.Quality;

/// <summary>How far the candles of a symbol reach, in sessions: the same measure for what trades five hours a day and what never closes.</summary>
/// <param name="CompleteTo">The last session whose candles are stored to its end, in every interval.</param>
/// <param name="SessionsBehind">How many sessions have closed after it.</param>
public sealed record SessionReach(DateOnly CompleteTo, int SessionsBehind)
{
    /// <summary>How far series reach that are stored of one symbol; null when there is none.</summary>
    /// <param name="series">The intervals, each with the opening instant of its newest candle, UTC.</param>
    /// <param name="calendar">The instrument's calendar.</param>
    /// <param name="now">The instant as of which sessions have closed, UTC.</param>
    public static SessionReach? Of(IEnumerable<(BarInterval Interval, DateTime Newest)> series, TradingCalendar calendar, DateTime now)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(calendar);
        var all = series.ToList();
        // A week is stored when its last session has closed: what else there is reaches further until then.
        var judged = all.Exists(one => one.Interval != BarInterval.OneWeek) ? all.Where(one => one.Interval != BarInterval.OneWeek).ToList() : all;
        if (judged.Count == 0)
            return null;
        var reached = judged.Min(one => ReachedBy(one.Newest, one.Interval, calendar));
        var closed = calendar.SessionNumber(calendar.DateOf(calendar.LastClosed(now, BarInterval.OneDay), BarInterval.OneDay));
        return new SessionReach(calendar.SessionDate(reached), Math.Max(0, closed - reached));
    }

    private static int ReachedBy(DateTime newest, BarInterval interval, TradingCalendar calendar)
    {
        var date = calendar.DateOf(newest, interval);
        if (interval == BarInterval.OneWeek)
            return calendar.SessionNumber(date.AddDays(6));
        var number = calendar.SessionNumber(date);
        var isWhole = !interval.IsIntraday() || calendar.DateOf(calendar.Next(newest, interval), interval) > date;
        return isWhole ? number : number - 1;
    }
}
