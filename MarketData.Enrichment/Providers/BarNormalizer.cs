using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers.Wire;

namespace MarketData.Enrichment.Providers;

/// <summary>
/// Turns bars with a provider's stamps into the project's: on its grid, closed, in session, in range, in order, each once.
/// </summary>
internal static class BarNormalizer
{
    /// <summary>Normalises what <paramref name="buffer"/> holds, in place.</summary>
    /// <param name="buffer">The bars; what is left out is counted there.</param>
    /// <param name="instrument">The instrument: its exchange decides its days and sessions.</param>
    /// <param name="interval">The bars' interval.</param>
    /// <param name="range">The opening instants wanted, from inclusive, to exclusive.</param>
    /// <param name="now">What has not closed by then is left out.</param>
    /// <param name="clock">The clock by which stamps of days are read.</param>
    public static void Normalize(
        CandleBuffer buffer, Instrument instrument, BarInterval interval, (DateTime From, DateTime To) range, DateTime now, ExchangeClock clock)
    {
        var exchange = Exchange.Of(instrument);
        var (calendar, grid) = (exchange.Calendar, new Grid(exchange, interval, clock));
        var bars = new List<(Candle Candle, bool Exact)>(buffer.Count);
        foreach (ref readonly var raw in buffer.Candles)
        {
            var (stamp, exact) = grid.Place(raw.Timestamp);
            if (!exact && interval.IsIntraday() && IsLast(buffer, raw.Timestamp) && calendar.CloseOf(Floor(stamp, interval), interval) > now)
                buffer.FormingDropped++;
            else if (calendar.CloseOf(stamp, interval) > now && stamp <= now)
                buffer.FormingDropped++;
            else if (stamp < range.From || (stamp >= range.To && stamp <= now))
                buffer.OutOfRange++;
            else if (interval.IsIntraday() && !calendar.IsOpen(stamp) && !calendar.IsExpected(stamp, interval))
                buffer.OutOfSession++;
            else
                bars.Add((raw with { Timestamp = stamp }, exact));
        }

        Replace(buffer, bars, interval);
        StampRejected(buffer, grid, range);
    }

    // A bar that can't be read is reported with the instant of the candle that it should have been.
    private static void StampRejected(CandleBuffer buffer, Grid grid, (DateTime From, DateTime To) range)
    {
        var stamped = buffer.Rejected.ConvertAll(bar => bar.Timestamp is { } raw ? bar with { Timestamp = grid.Place(raw).Stamp } : bar);
        var within = stamped.FindAll(bar => bar.Timestamp is not { } stamp || (stamp >= range.From && stamp < range.To));
        buffer.OutOfRange += stamped.Count - within.Count;
        buffer.Rejected.Clear();
        buffer.Rejected.AddRange(within);
    }

    private static bool IsLast(CandleBuffer buffer, DateTime stamp) => buffer.Candles[^1].Timestamp == stamp;

    private static DateTime Floor(DateTime stamp, BarInterval interval) => stamp.AddTicks(-(stamp.Ticks % interval.Length().Ticks));

    // In order; equal repeats count once; of two rows of one day the one stamped at its opening is the bar, the other the last trade.
    private static void Replace(CandleBuffer buffer, List<(Candle Candle, bool Exact)> bars, BarInterval interval)
    {
        buffer.Truncate(0);
        foreach (var sameInstant in bars.OrderBy(bar => bar.Candle.Timestamp).GroupBy(bar => bar.Candle.Timestamp))
        {
            var rows = sameInstant.ToList();
            if (!interval.IsIntraday() && rows.Exists(row => row.Exact))
                buffer.FormingDropped += rows.RemoveAll(row => !row.Exact);
            var distinct = rows.Select(row => row.Candle).Distinct().ToList();
            buffer.DuplicatesCollapsed += rows.Count - distinct.Count;
            foreach (var candle in distinct)
                buffer.Add(candle, timed: true);
        }
    }

    private readonly record struct Grid(Exchange Exchange, BarInterval Interval, ExchangeClock Clock)
    {
        /// <summary>The stamp of the candle that a bar is, and whether the bar's own stamp is of its opening rather than of its last trade.</summary>
        public (DateTime Stamp, bool Exact) Place(DateTime raw)
        {
            if (Interval.IsIntraday())
                return (raw, Exchange.Calendar.IsExpected(raw, Interval));
            var date = Clock.DateOf(raw);
            if (Interval == BarInterval.OneWeek)
                date = MondayOf(date);
            return (date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), Clock.IsMidnight(raw) || Exchange.IsDayStart(raw));
        }

        // Some weeks are stamped with their Sunday, the day before their first session.
        private DateOnly MondayOf(DateOnly date) =>
            date.DayOfWeek == DayOfWeek.Sunday && !Exchange.Calendar.TryGetSession(date, out _)
                ? date.AddDays(1)
                : date.AddDays(-(((int)date.DayOfWeek + 6) % 7));
    }
}
