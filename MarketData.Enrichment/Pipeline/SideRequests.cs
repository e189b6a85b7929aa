using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers;
using MarketData.Storage.Enrichment;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Pipeline;

/// <summary>
/// Estimates the requests that a backfill makes beside those for its candles: for changes of name, splits and dividends where they are due, and
/// for the days about which a second provider is asked. Nobody is asked for it.
/// </summary>
public sealed class SideRequests(ProviderChain providers, IOptions<QualityOptions> quality)
{
    /// <summary>Those for the names and the corporate actions of a symbol; of a batch the symbol's share.</summary>
    internal IEnumerable<(string Provider, double Requests)> OfActions(PlannedSymbol symbol, Instrument instrument)
    {
        if (instrument.AssetClass is not (AssetClass.Stock or AssetClass.Etf))
            yield break;
        var candidates = providers.For(instrument, BarInterval.OneDay);
        foreach (var provider in symbol.AreNamesDue ? candidates : [])
            yield return (provider.Name, provider.EstimateTickers(instrument));
        if (symbol.AreActionsDue && candidates.FirstOrDefault(provider => provider.EstimateCorporateActions(instrument) > 0) is { } first)
            yield return (first.Name, first.EstimateCorporateActions(instrument) / (first is IBatchProvider batch ? (double)batch.MostSymbols : 1));
    }

    /// <summary>Those that cross-check a series, as <see cref="CrossCheck"/> goes about it.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="interval">The series' interval.</param>
    /// <param name="portions">The portions in which it is fetched, UTC.</param>
    /// <param name="sampled">The sampled days of each portion.</param>
    internal IEnumerable<(string Provider, double Requests)> OfCrossChecks(
        Instrument instrument, BarInterval interval, IEnumerable<(DateTime From, DateTime To)> portions,
        Func<(DateTime From, DateTime To), IReadOnlyCollection<DateOnly>> sampled)
    {
        // What a fallback answers is not checked.
        if (providers.For(instrument, interval) is not [var first, var other, ..])
            yield break;
        var calendar = TradingCalendar.For(instrument);
        foreach (var (from, to) in portions)
        {
            var served = first.Estimate(instrument, interval, from, to).From;
            if (served >= to || sampled((served, to)) is not { Count: > 0 } days)
                continue;
            // Of intraday bars one day is enough.
            var earliest = calendar.BeginOf(interval.IsIntraday() ? days.Max() : days.Min(), interval);
            var latest = calendar.BeginOf(days.Max().AddDays(1), interval);
            yield return (other.Name, other.Estimate(instrument, interval, earliest, latest < to ? latest : to).Requests);
        }
    }

    /// <summary>The days of a portion that are in a symbol's sample.</summary>
    internal HashSet<DateOnly> Sample(Instrument instrument, BarInterval interval, (DateTime From, DateTime To) portion, DateTime now)
    {
        var share = quality.Value.CrossCheckSample;
        var from = portion.From > now - CrossCheck.Reach ? portion.From : now - CrossCheck.Reach;
        if (share == 0 || from >= portion.To)
            return [];
        var (calendar, candles) = (TradingCalendar.For(instrument), interval.IsIntraday() ? BarInterval.OneDay : interval);
        return [.. calendar.Expected(from, portion.To, candles)
            .Select(instant => calendar.DateOf(instant, candles))
            .Where(day => CrossCheck.IsSampled(instrument.Symbol, day, share))];
    }
}
