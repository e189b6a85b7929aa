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
    public static void Normalize(
        CandleBuffer buffer, Instrument instrument, BarInterval interval, (DateTime From, DateTime To) range, DateTime now)
    {
        var exchange = Exchange.Of(instrument);
        var calendar = exchange.Calendar;
        var bars = new List<(Candle Candle, bool Exact)>(buffer.Count);
        foreach (ref readonly var raw in buffer.Candles)
        {
            var (stamp, exact) = Stamp(raw.Timestamp, exchange, interval);
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
        StampRejected(buffer, exchange, interval, range);
    }

    // A bar that can't be read is reported with the instant of the candle that it should have been.
    private static void StampRejected(
        CandleBuffer buffer, Exchange exchange, BarInterval interval, (DateTime From, DateTime To) range)
    {
        var stamped = buffer.Rejected.ConvertAll(
            bar => bar.Timestamp is { } raw ? bar with { Timestamp = Stamp(raw, exchange, interval).Stamp } : bar);
        var within = stamped.FindAll(bar => bar.Timestamp is not { } stamp || (stamp >= range.From && stamp < range.To));
        buffer.OutOfRange += stamped.Count - within.Count;
        buffer.Rejected.Clear();
        buffer.Rejected.AddRange(within);
    }

    // Daily bars come stamped at midnight UTC, at midnight or at the opening of their exchange, or at the last trade: the date is what counts.
    private static (DateTime Stamp, bool Exact) Stamp(DateTime raw, Exchange exchange, BarInterval interval)
    {
        if (interval.IsIntraday())
            return (raw, exchange.Calendar.IsExpected(raw, interval));
        var isMidnight = raw.TimeOfDay == TimeSpan.Zero;
        var date = isMidnight ? DateOnly.FromDateTime(raw) : exchange.DateAt(raw);
        var exact = isMidnight || exchange.IsDayStart(raw);
        if (interval == BarInterval.OneWeek)
            date = MondayOf(date, exchange);
        return (date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), exact);
    }

    // Some weeks are stamped with their Sunday, the day before their first session.
    private static DateOnly MondayOf(DateOnly date, Exchange exchange) =>
        date.DayOfWeek == DayOfWeek.Sunday && !exchange.Calendar.TryGetSession(date, out _)
            ? date.AddDays(1)
            : date.AddDays(-(((int)date.DayOfWeek + 6) % 7));

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
}
