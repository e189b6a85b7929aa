using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers.Wire;
using MarketData.Enrichment.Resilience;

namespace MarketData.Enrichment.Providers;

/// <summary>What every client does around its own pages: widens the range to the provider's bars, and makes the result of them.</summary>
internal static class BarFetch
{
    /// <summary>The range to ask for, so that bars stamped otherwise, or parts of longer bars, are within.</summary>
    public static (DateTime From, DateTime To) Widen(DateTime from, DateTime to, BarInterval interval, DateTime now)
    {
        var slack = interval switch
        {
            BarInterval.OneWeek => TimeSpan.FromDays(7),
            BarInterval.OneDay => TimeSpan.FromDays(1),
            _ => TimeSpan.Zero,
        };
        var end = to + (interval.IsIntraday() ? interval.Length() : slack);
        return (from - slack, end < now ? end : now);
    }

    /// <summary>Normalises the bars that were read, and builds longer ones of them where asked.</summary>
    public static void Finish(
        CandleBuffer buffer, Instrument instrument, BarInterval asked, BarInterval interval, DateTime from, DateTime to, DateTime now)
    {
        if (asked == interval)
        {
            BarNormalizer.Normalize(buffer, instrument, interval, (from, to), now);
            return;
        }

        var calendar = TradingCalendar.For(instrument);
        var last = calendar.Previous(to, interval);
        var end = interval == BarInterval.OneWeek ? last.AddDays(7) : calendar.CloseOf(last, interval);
        BarNormalizer.Normalize(buffer, instrument, asked, (from, end), now);
        BarAggregator.Aggregate(buffer, calendar, asked, interval);
        BarNormalizer.Normalize(buffer, instrument, interval, (from, to), now);
    }

    /// <summary>The result of a fetch.</summary>
    public static FetchResult Result(
        CandleBuffer buffer, ProviderClient client, Instrument instrument, BarInterval interval, DateTime coveredFrom, ProviderException? shortfall = null) =>
        new()
        {
            Provider = client.Provider,
            Instrument = instrument,
            Interval = interval,
            Candles = buffer.ToArray(),
            Rejected = buffer.Rejected,
            CoveredFrom = coveredFrom,
            NullRows = buffer.NullRows,
            FormingDropped = buffer.FormingDropped,
            OutOfSession = buffer.OutOfSession,
            OutOfRange = buffer.OutOfRange,
            DuplicatesCollapsed = buffer.DuplicatesCollapsed,
            IncompleteBuckets = buffer.IncompleteBuckets,
            Requests = client.Requests,
            ResponseTime = client.ResponseTime,
            Shortfall = shortfall,
        };
}
