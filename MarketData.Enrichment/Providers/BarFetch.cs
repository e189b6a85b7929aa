using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;
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

    /// <summary>
    /// The names that a provider is asked by, each with its part of a range that <see cref="Widen"/> made. What was widened beyond a change of
    /// name is left out: another company may have the name there.
    /// </summary>
    /// <param name="record">The instrument.</param>
    /// <param name="provider">The provider.</param>
    /// <param name="present">What the provider calls the instrument by its rules.</param>
    /// <param name="range">The range wanted.</param>
    /// <param name="widened">The range to ask for.</param>
    public static IEnumerable<TickerPeriod> Tickers(
        InstrumentRecord record, string provider, string present, (DateTime From, DateTime To) range, (DateTime From, DateTime To) widened) =>
        record.Tickers(provider, present, widened.From, widened.To).Where(period => period.To > range.From && period.From < range.To);

    /// <summary>Refuses an answer that speaks of another instrument than the one on record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="asked">The name that the provider was asked by.</param>
    /// <param name="told">What it told along with its answer.</param>
    /// <exception cref="ProviderException">It does.</exception>
    public static void Check(InstrumentRecord record, string asked, InstrumentFacts told)
    {
        if (IdentityCheck.Differences(record, asked, told) is not { Count: > 0 } differences)
            return;
        throw new ProviderException(
            told.Provider,
            ProviderErrorKind.IdentityMismatch,
            $"answered for another instrument than is on record (identity_mismatch): {string.Join(", ", differences)}.",
            "Look whether the symbol is the right one. If it is, correct its record, or enter what the provider calls it.");
    }

    /// <summary>Normalises the bars that were read, and builds longer ones of them where asked.</summary>
    /// <param name="buffer">The bars.</param>
    /// <param name="instrument">The instrument.</param>
    /// <param name="asked">The interval of the bars that were read.</param>
    /// <param name="interval">The interval wanted.</param>
    /// <param name="range">The opening instants wanted, from inclusive, to exclusive.</param>
    /// <param name="now">What has not closed by then is left out.</param>
    /// <param name="clock">The clock by which stamps of days are read.</param>
    public static void Finish(
        CandleBuffer buffer, Instrument instrument, BarInterval asked, BarInterval interval, (DateTime From, DateTime To) range, DateTime now,
        ExchangeClock clock)
    {
        if (asked == interval)
        {
            BarNormalizer.Normalize(buffer, instrument, interval, range, now, clock);
            return;
        }

        var calendar = TradingCalendar.For(instrument);
        var last = calendar.Previous(range.To, interval);
        var end = interval == BarInterval.OneWeek ? last.AddDays(7) : calendar.CloseOf(last, interval);
        BarNormalizer.Normalize(buffer, instrument, asked, (range.From, end), now, clock);
        BarAggregator.Aggregate(buffer, calendar, asked, interval);
        BarNormalizer.Normalize(buffer, instrument, interval, range, now, clock);
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
            Incomplete = buffer.Incomplete,
            IncompleteBuckets = buffer.IncompleteBuckets,
            Requests = client.Requests,
            ResponseTime = client.ResponseTime,
            Shortfall = shortfall,
        };
}
