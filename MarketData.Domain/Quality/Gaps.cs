using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Domain.Quality;

/// <summary>Finds what is missing in a series.</summary>
public static class Gaps
{
    /// <summary>
    /// The maximal runs of expected instants in a range at which there is no candle, each counted once. A session beyond the calendar's known
    /// holidays in which there is no candle at all may have been a holiday, and counts as none.
    /// </summary>
    /// <param name="present">The opening instants that are there, ascending.</param>
    /// <param name="from">Start of the range, UTC, inclusive.</param>
    /// <param name="to">End of the range, UTC, exclusive.</param>
    /// <param name="calendar">The instrument's calendar.</param>
    /// <param name="interval">The series' interval.</param>
    public static IReadOnlyList<Gap> Find(
        IEnumerable<DateTime> present, DateTime from, DateTime to, TradingCalendar calendar, BarInterval interval)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        var gaps = new List<Gap>();
        DateTime? last = null;
        foreach (var instant in present.Where(instant => instant >= from && instant < to))
        {
            Add(instant);
            last = instant;
        }

        Add(null);
        return gaps;

        void Add(DateTime? next)
        {
            var start = calendar.Next(last ?? from.AddTicks(-1), interval);
            var before = next ?? to;
            if (start >= before)
                return;
            var end = calendar.Previous(before, interval);
            if (calendar.IsCertain(end, interval))
                gaps.Add(new Gap(start, end, checked((int)calendar.CountExpected(start, before, interval))));
            else
                gaps.AddRange(Certain(calendar.Expected(start, before, interval), last, next, calendar, interval));
        }
    }

    // The runs of those that are missing for sure: up to the known holidays, and in the sessions of the candles before and after them.
    private static IEnumerable<Gap> Certain(
        IEnumerable<DateTime> missing, DateTime? last, DateTime? next, TradingCalendar calendar, BarInterval interval)
    {
        Gap? run = null;
        foreach (var instant in missing)
        {
            if (calendar.IsCertain(instant, interval) || IsOfSession(instant, last) || IsOfSession(instant, next))
            {
                run = run is { } begun ? new Gap(begun.Start, instant, begun.Missing + 1) : new Gap(instant, instant, 1);
            }
            else if (run is { } ended)
            {
                yield return ended;
                run = null;
            }
        }

        if (run is { } atEnd)
            yield return atEnd;

        bool IsOfSession(DateTime instant, DateTime? candle) =>
            candle is { } there && calendar.DateOf(instant, interval) == calendar.DateOf(there, interval);
    }
}
