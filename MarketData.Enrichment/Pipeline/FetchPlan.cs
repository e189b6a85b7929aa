using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Enrichment.Pipeline;

/// <summary>Decides which ranges of a series are fetched, and in which portions.</summary>
public static class FetchPlan
{
    private const int OverlapSessions = 3;

    /// <summary>
    /// Where an incremental fetch begins: three sessions (weeks) before the watermark, since providers correct what they gave; earlier
    /// where bars are still provisional.
    /// </summary>
    /// <param name="last">Opening instant of the last candle stored, UTC.</param>
    /// <param name="finalThrough">Opening instant of the last candle known to be final, UTC; null when none is.</param>
    /// <param name="calendar">The instrument's calendar.</param>
    /// <param name="interval">The series' interval.</param>
    public static DateTime OverlapStart(DateTime last, DateTime? finalThrough, TradingCalendar calendar, BarInterval interval)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        var overlap = interval == BarInterval.OneWeek ? last.AddDays(-7 * OverlapSessions) : calendar.SessionsBack(last, OverlapSessions);
        return finalThrough is { } final && final < overlap ? final : overlap;
    }

    /// <summary>The ranges that lie around instants, joined where they meet.</summary>
    /// <param name="instants">The instants, UTC, ascending.</param>
    /// <param name="before">How far before each a range reaches.</param>
    /// <param name="after">How far after it.</param>
    public static IEnumerable<(DateTime From, DateTime To)> Around(IEnumerable<DateTime> instants, TimeSpan before, TimeSpan after)
    {
        ArgumentNullException.ThrowIfNull(instants);
        (DateTime From, DateTime To)? open = null;
        foreach (var instant in instants)
        {
            if (open is { } range && instant - before > range.To)
            {
                yield return range;
                open = null;
            }

            open = (open?.From ?? instant - before, instant + after);
        }

        if (open is { } last)
            yield return last;
    }

    /// <summary>
    /// The range in portions, each fetched and committed by itself. Daily and longer bars come in one, unless a provider's name for the
    /// instrument changes within: what one provider lacks under a former name is another's to give.
    /// </summary>
    /// <param name="from">Start, UTC, inclusive.</param>
    /// <param name="to">End, UTC, exclusive.</param>
    /// <param name="interval">The bars' interval.</param>
    /// <param name="tickerChanges">The instants, UTC, at which a provider's name changes, ascending.</param>
    public static IEnumerable<(DateTime From, DateTime To)> Portions(
        DateTime from, DateTime to, BarInterval interval, IReadOnlyList<DateTime> tickerChanges)
    {
        ArgumentNullException.ThrowIfNull(tickerChanges);
        var days = interval switch
        {
            BarInterval.FiveMinutes => 60,
            BarInterval.FifteenMinutes => 180,
            BarInterval.ThirtyMinutes => 365,
            BarInterval.OneHour => 730,
            BarInterval.FourHours => 2920,
            _ => 73_000,
        };
        for (var start = from; start < to;)
        {
            var end = (DateTime.MaxValue - start).TotalDays > days ? start.AddDays(days) : to;
            if (end > to)
                end = to;
            var change = tickerChanges.FirstOrDefault(change => change > start);
            if (change != default && change < end)
                end = change;
            yield return (start, end);
            start = end;
        }
    }
}
