using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers.Wire;
using NodaTime;

namespace MarketData.Enrichment.Providers;

/// <summary>
/// Turns bars with a provider's stamps into the project's: on its grid, closed, in session, in range, in order, each once.
/// </summary>
internal static class BarNormalizer
{
    private static readonly DateTimeZone NewYork = DateTimeZoneProviders.Tzdb["America/New_York"];

    /// <summary>Normalises what <paramref name="buffer"/> holds, in place.</summary>
    /// <param name="buffer">The bars; what is left out is counted there.</param>
    /// <param name="assetClass">The instrument's class.</param>
    /// <param name="interval">The bars' interval.</param>
    /// <param name="range">The opening instants wanted, from inclusive, to exclusive.</param>
    /// <param name="now">What has not closed by then is left out.</param>
    public static void Normalize(
        CandleBuffer buffer, AssetClass assetClass, BarInterval interval, (DateTime From, DateTime To) range, DateTime now)
    {
        var calendar = TradingCalendar.For(assetClass);
        var bars = new List<(Candle Candle, bool Exact)>(buffer.Count);
        foreach (ref readonly var raw in buffer.Candles)
        {
            var (stamp, exact) = Stamp(raw.Timestamp, assetClass, interval, calendar);
            if (!exact && interval.IsIntraday() && IsLast(buffer, raw.Timestamp) && calendar.CloseOf(Floor(stamp, interval), interval) > now)
                buffer.FormingDropped++;
            else if (calendar.CloseOf(stamp, interval) > now && stamp <= now)
                buffer.FormingDropped++;
            else if (stamp < range.From || (stamp >= range.To && stamp <= now))
                buffer.OutOfRange++;
            else if (assetClass != AssetClass.Crypto && interval.IsIntraday() && !calendar.IsOpen(stamp))
                buffer.OutOfSession++;
            else
                bars.Add((raw with { Timestamp = stamp }, exact));
        }

        Replace(buffer, bars, interval);
        StampRejected(buffer, assetClass, interval, range, calendar);
    }

    // A bar that can't be read is reported with the instant of the candle that it should have been.
    private static void StampRejected(
        CandleBuffer buffer, AssetClass assetClass, BarInterval interval, (DateTime From, DateTime To) range, TradingCalendar calendar)
    {
        var stamped = buffer.Rejected.ConvertAll(
            bar => bar.Timestamp is { } raw ? bar with { Timestamp = Stamp(raw, assetClass, interval, calendar).Stamp } : bar);
        var within = stamped.FindAll(bar => bar.Timestamp is not { } stamp || (stamp >= range.From && stamp < range.To));
        buffer.OutOfRange += stamped.Count - within.Count;
        buffer.Rejected.Clear();
        buffer.Rejected.AddRange(within);
    }

    // Daily bars come stamped at midnight UTC, at midnight or at the opening in New York, or at the last trade: the date is what counts.
    private static (DateTime Stamp, bool Exact) Stamp(DateTime raw, AssetClass assetClass, BarInterval interval, TradingCalendar calendar)
    {
        if (interval.IsIntraday())
            return (raw, calendar.IsExpected(raw, interval));
        var (date, exact) = DateOf(raw, assetClass);
        if (interval == BarInterval.OneWeek)
            date = TradingCalendar.MondayOf(date);
        return (date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), exact);
    }

    private static (DateOnly Date, bool Exact) DateOf(DateTime raw, AssetClass assetClass)
    {
        if (raw.TimeOfDay == TimeSpan.Zero || assetClass == AssetClass.Crypto)
            return (DateOnly.FromDateTime(raw), raw.TimeOfDay == TimeSpan.Zero);
        var local = Instant.FromDateTimeUtc(raw).InZone(NewYork).LocalDateTime;
        return (local.Date.ToDateOnly(), local.TimeOfDay == LocalTime.Midnight || local.TimeOfDay == new LocalTime(9, 30));
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
}
