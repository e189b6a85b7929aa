using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Domain.Quality;

/// <summary>Finds what is missing in a series.</summary>
public static class Gaps
{
    /// <summary>The maximal runs of expected instants in a range at which there is no candle, each counted once.</summary>
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
        var reached = from.AddTicks(-1);
        foreach (var instant in present.Where(instant => instant >= from && instant < to))
        {
            Add(gaps, reached, instant, calendar, interval);
            reached = instant;
        }

        Add(gaps, reached, to, calendar, interval);
        return gaps;
    }

    private static void Add(List<Gap> gaps, DateTime after, DateTime before, TradingCalendar calendar, BarInterval interval)
    {
        var start = calendar.Next(after, interval);
        if (start >= before)
            return;
        gaps.Add(new Gap(start, calendar.Previous(before, interval), checked((int)calendar.CountExpected(start, before, interval))));
    }
}
