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
    ProviderChain providers, SideRequests side, BackfillPlanStore store, IOptions<StorageOptions> storage, IOptionsMonitor<ProviderOptions> options,
    IServiceProvider services, TimeProvider time)
{
    // Of a provider that was not asked lately, and what checking, scoring and storing a candle takes.
    private const double PresumedLatencyMs = 300;
    private const double CandleMs = 0.03;

    private static readonly IReadOnlyList<(DateTime, DateTime)> Nothing = [];

    /// <summary>Estimates what a backfill would take that has not begun.</summary>
    /// <param name="request">The backfill, with both ends of its range.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<BackfillPlan> PlanAsync(RunRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        return await PlanAsync(await store.ReadSymbolsAsync(request, cancellation), (request.From!.Value, request.To!.Value), cancellation);
    }

    /// <summary>Estimates what a backfill takes that was begun, all of it.</summary>
    /// <param name="begun">The backfill.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<BackfillPlan> PlanAsync(BegunBackfill begun, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(begun);
        return await PlanAsync(await store.ReadSymbolsAsync(begun.Id, cancellation), (begun.From, begun.To), cancellation);
    }

    private async Task<BackfillPlan> PlanAsync(IReadOnlyList<PlannedSymbol> symbols, (DateTime, DateTime) range, CancellationToken cancellation)
    {
        var pace = await store.ReadPaceAsync(cancellation);
        var (now, estimated) = (time.GetUtcNow().UtcDateTime, new Dictionary<object, SeriesCost>());
        var (series, beside, work) = (new List<SeriesCost>(), new SideCost(), new List<double>());
        foreach (var symbol in symbols)
        {
            cancellation.ThrowIfCancellationRequested();
            var costs = Series(symbol, range, now, estimated).ToList();
            series.AddRange(costs);
            work.Add(costs.Sum(cost => WorkMs(cost, pace)) + Beside(symbol, costs, now, beside, pace));
        }

        var asked = series.SelectMany(cost => cost.Requests).Select(part => (part.Provider, Requests: (double)part.Requests)).Concat(beside.All)
            .GroupBy(part => part.Provider, part => part.Requests)
            .Select(group => Provider(group.Key, (long)Math.Ceiling(group.Sum())))
            .Where(provider => provider.Requests > 0)
            .OrderByDescending(provider => provider.Requests).ThenBy(provider => provider.Provider, StringComparer.Ordinal)
            .ToList();
        // Symbols are worked on side by side, one symbol's series one after another.
        var (places, slowest) = (Math.Max(1, pace.Places), asked.MaxBy(provider => provider.Seconds));
        var workSeconds = work.Count == 0 ? 0 : Math.Max(work.Max(), work.Sum() / places) / 1000;
        return new BackfillPlan(
            symbols.Count, series.Count, series.Sum(cost => cost.Candles), asked.Sum(provider => provider.Requests),
            Math.Max(workSeconds, slowest?.Seconds ?? 0), slowest?.Seconds > workSeconds ? slowest.Provider : null, places,
            [.. series.GroupBy(cost => cost.Interval).OrderBy(group => group.Key).Select(group => Interval(group.Key, [.. group]))], asked)
        {
            ActionRequests = (long)Math.Ceiling(beside.Actions.Sum(part => part.Requests)),
            CrossCheckRequests = (long)beside.CrossChecks.Sum(part => part.Requests),
        };
    }

    // What is asked beside the candles of a symbol, and how long that takes.
    private double Beside(PlannedSymbol symbol, IEnumerable<SeriesCost> costs, DateTime now, SideCost beside, WorkPace pace)
    {
        var (instrument, days) = (InstrumentOf(symbol), new Dictionary<object, HashSet<DateOnly>>());
        var served = costs.Where(cost => cost.Begin is not null).ToList();
        List<(string Provider, double Requests)> actions = served.Count == 0 ? [] : [.. side.OfActions(symbol, instrument)];
        var checks = served.SelectMany(cost => side.OfCrossChecks(
            instrument, cost.Interval, FetchPlan.Portions(cost.Range.From, cost.Range.To, cost.Interval, []), portion => Sampled(cost.Interval, portion))).ToList();
        beside.Actions.AddRange(actions);
        beside.CrossChecks.AddRange(checks);
        return actions.Concat(checks).Sum(part => part.Requests * LatencyMs(pace, part.Provider));

        HashSet<DateOnly> Sampled(BarInterval interval, (DateTime, DateTime) portion)
        {
            var key = (interval.IsIntraday() ? BarInterval.OneDay : interval, portion);
            return days.TryGetValue(key, out var known) ? known : days[key] = side.Sample(instrument, interval, portion, now);
        }
    }

    private IEnumerable<SeriesCost> Series(
        PlannedSymbol symbol, (DateTime From, DateTime To) asked, DateTime now, Dictionary<object, SeriesCost> estimated)
    {
        var instrument = InstrumentOf(symbol);
        var calendar = TradingCalendar.For(instrument);
        foreach (var interval in symbol.Timeframes.Select(BarIntervals.Parse).Where(interval => !interval.IsBuiltOfDays(instrument.AssetClass)))
        {
            DateTime? cut = symbol.HistoryFrom is { } first ? calendar.BeginOf(first, interval) : null;
            var kept = HistoryLimits.Kept(instrument, interval, asked.From, cut, storage.Value.Retention, now);
            var from = HistoryLimits.Listed(kept, HistoryLimits.ListedFrom(instrument, interval, symbol.FirstTraded));
            var closed = calendar.LastClosed(now, interval).AddMicroseconds(1);
            var range = (From: from, To: asked.To < closed ? asked.To : closed);
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
        cost.Requests.Sum(part => part.Requests * LatencyMs(pace, part.Provider)) + (cost.Candles * CandleMs);

    private static double LatencyMs(WorkPace pace, string provider) => pace.LatencyMs.GetValueOrDefault(provider, PresumedLatencyMs);

    private static Instrument InstrumentOf(PlannedSymbol symbol) => new(Symbol.Parse(symbol.Symbol), AssetClassNames.Parse(symbol.AssetClass));

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

    private sealed class SideCost
    {
        public List<(string Provider, double Requests)> Actions { get; } = [];

        public List<(string Provider, double Requests)> CrossChecks { get; } = [];

        public IEnumerable<(string Provider, double Requests)> All => Actions.Concat(CrossChecks);
    }
}
