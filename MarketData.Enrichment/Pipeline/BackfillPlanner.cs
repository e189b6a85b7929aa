using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Schema;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Pipeline;

/// <summary>
/// Estimates what a backfill would take before it begins, by the portions that it would be fetched in, who would be asked for each, and how often
/// each may be asked. Nobody is asked for it.
/// </summary>
public sealed class BackfillPlanner(
    ProviderChain providers, BackfillPlanStore store, IOptions<StorageOptions> storage, IOptionsMonitor<ProviderOptions> options,
    IServiceProvider services, TimeProvider time)
{
    // Of a provider that was not asked lately, and what checking, scoring and storing a candle takes.
    private const double PresumedLatencyMs = 300;
    private const double CandleMs = 0.03;

    private static readonly IReadOnlyList<(DateTime, DateTime)> Nothing = [];

    /// <summary>Estimates.</summary>
    /// <param name="request">The backfill, with both ends of its range.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<BackfillPlan> PlanAsync(RunRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        var symbols = await store.ReadSymbolsAsync(request, cancellation);
        var pace = await store.ReadPaceAsync(cancellation);
        var (now, estimated) = (time.GetUtcNow().UtcDateTime, new Dictionary<object, SeriesCost>());
        var (series, work) = (new List<SeriesCost>(), new List<double>());
        foreach (var symbol in symbols)
        {
            cancellation.ThrowIfCancellationRequested();
            var costs = Series(symbol, request, now, estimated).ToList();
            series.AddRange(costs);
            work.Add(costs.Sum(cost => WorkMs(cost, pace)));
        }

        var asked = series.SelectMany(cost => cost.Requests).GroupBy(part => part.Provider, part => (long)part.Requests)
            .Select(group => Provider(group.Key, group.Sum()))
            .OrderByDescending(provider => provider.Requests).ThenBy(provider => provider.Provider, StringComparer.Ordinal)
            .ToList();
        // Symbols are worked on side by side, one symbol's series one after another.
        var (places, slowest) = (Math.Max(1, pace.Places), asked.MaxBy(provider => provider.Seconds));
        var workSeconds = work.Count == 0 ? 0 : Math.Max(work.Max(), work.Sum() / places) / 1000;
        return new BackfillPlan(
            symbols.Count, series.Count, series.Sum(cost => cost.Candles), asked.Sum(provider => provider.Requests),
            Math.Max(workSeconds, slowest?.Seconds ?? 0), slowest?.Seconds > workSeconds ? slowest.Provider : null, places,
            [.. series.GroupBy(cost => cost.Interval).OrderBy(group => group.Key).Select(group => Interval(group.Key, [.. group]))], asked);
    }

    private IEnumerable<SeriesCost> Series(PlannedSymbol symbol, RunRequest request, DateTime now, Dictionary<object, SeriesCost> estimated)
    {
        var instrument = new Instrument(Symbol.Parse(symbol.Symbol), AssetClassNames.Parse(symbol.AssetClass));
        var calendar = TradingCalendar.For(instrument);
        foreach (var interval in symbol.Timeframes.Select(BarIntervals.Parse).Where(interval => !interval.IsBuiltOfDays(instrument.AssetClass)))
        {
            DateTime? cut = symbol.HistoryFrom is { } first ? calendar.BeginOf(first, interval) : null;
            var kept = HistoryLimits.Kept(instrument, interval, request.From!.Value, cut, storage.Value.Retention, now);
            var from = HistoryLimits.Listed(kept, HistoryLimits.ListedFrom(instrument, interval, symbol.FirstTraded));
            var closed = calendar.LastClosed(now, interval).AddMicroseconds(1);
            var range = (From: from, To: request.To < closed ? request.To.Value : closed);
            var candidates = providers.For(instrument, interval);
            // Most symbols of a class are served alike.
            var key = (instrument.AssetClass, calendar, interval, range, string.Join(' ', candidates.Select(provider => provider.Name)));
            if (!estimated.TryGetValue(key, out var cost))
                estimated[key] = cost = Cost(instrument, interval, range, candidates, calendar);
            yield return cost;
        }
    }

    // As the chain of providers goes about it: what the first does not serve is the next one's.
    private static SeriesCost Cost(
        Instrument instrument, BarInterval interval, (DateTime From, DateTime To) range, IReadOnlyList<IMarketDataProvider> candidates,
        TradingCalendar calendar)
    {
        var (requests, begin) = (new List<(string, int)>(), default(DateTime?));
        foreach (var (from, to) in range.From < range.To ? FetchPlan.Portions(range.From, range.To, interval, []) : Nothing)
        {
            var end = to;
            foreach (var provider in candidates)
            {
                var cost = provider.Estimate(instrument, interval, from, end);
                if (cost.From >= end)
                    continue;
                requests.Add((provider.Name, cost.Requests));
                end = cost.From;
                if (end <= from)
                    break;
            }

            if (end < to)
                begin ??= end;
        }

        return begin is { } first
            ? new SeriesCost(interval, range, first, calendar.CountExpected(first, range.To, interval), requests)
            : new SeriesCost(interval, range, null, 0, []);
    }

    private static double WorkMs(SeriesCost cost, WorkPace pace) =>
        cost.Requests.Sum(part => part.Requests * pace.LatencyMs.GetValueOrDefault(part.Provider, PresumedLatencyMs)) + (cost.Candles * CandleMs);

    private PlannedProvider Provider(string name, long requests)
    {
        var (limits, state) = (options.Get(name).Resilience, services.GetRequiredKeyedService<ProviderGate>(name).Read().Resilience);
        var seconds = Math.Max(0, requests - limits.Burst) * 60.0 / limits.RequestsPerMinute;
        return new PlannedProvider(name, requests, limits.RequestsPerMinute, seconds, state.CircuitState, state.RateLimit.BlockedUntil);
    }

    private static PlannedInterval Interval(BarInterval interval, List<SeriesCost> series)
    {
        var served = series.Where(cost => cost.Begin is not null).ToList();
        var shortened = served.Where(cost => cost.Begin > cost.Range.From).ToList();
        return new PlannedInterval(
            interval.Name(), series.Count, served.Min(cost => cost.Begin), served.Count == 0 ? null : served.Max(cost => cost.Range.To),
            series.Sum(cost => cost.Candles), series.Sum(cost => cost.Requests.Sum(part => (long)part.Requests)),
            shortened.Count, shortened.Count == 0 ? null : shortened.CountBy(cost => cost.Begin!.Value).MaxBy(begin => begin.Value).Key,
            series.Count - served.Count);
    }

    private sealed record SeriesCost(
        BarInterval Interval, (DateTime From, DateTime To) Range, DateTime? Begin, long Candles,
        IReadOnlyList<(string Provider, int Requests)> Requests);
}
