using MarketData.Api.Providers;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Writes;

namespace MarketData.Api.Enrichment;

/// <summary>Judges the health of the whole by the state of its parts.</summary>
public static class HealthAssessment
{
    private const double OftenFailing = 0.1;

    /// <summary>
    /// <c>unhealthy</c>: nothing is enriched, since the database takes no writes, no node lives or no provider can be reached. <c>degraded</c>: something needs a look.
    /// </summary>
    /// <param name="rows">The state of the parts.</param>
    /// <param name="latency">How long the database took to answer.</param>
    /// <param name="trouble">Why the database takes no writes; null while it does.</param>
    public static DashboardHealth Of(HealthRows rows, TimeSpan latency, DatabaseTrouble? trouble)
    {
        var providers = rows.Providers.GroupBy(state => state.Resilience.Provider).Select(Connectivity).ToList();
        List<string> grave = trouble is null ? [] : [$"{trouble.Message} Nothing new can be stored. {trouble.Advice}"];
        grave.AddRange(Grave(rows, providers));
        List<string> lesser = [.. Lesser(rows, providers)];
        var scheduler = rows.Scheduler;
        return new(
            Status: grave.Count > 0 ? "unhealthy" : lesser.Count > 0 ? "degraded" : "healthy",
            Reasons: [.. grave, .. lesser],
            Scheduler: new(scheduler.Status, scheduler.Nodes, scheduler.LastHeartbeat, scheduler.NextRun, rows.StuckRuns),
            Database: new(trouble is null ? "healthy" : "unhealthy", latency.TotalMilliseconds),
            ApiConnectivity: providers,
            Resilience: [.. rows.Providers.Select(state => state.Resilience)],
            SymbolHealth: rows.Symbols,
            RecentFailures: rows.RecentFailures,
            Attention: rows.Attention,
            ProviderCheck: rows.ProviderCheck is { } check ? ProviderCheckReport.Of(check) : null);
    }

    private static IEnumerable<string> Grave(HealthRows rows, List<ProviderConnectivity> providers)
    {
        if (rows.Scheduler.Nodes == 0)
            yield return "No enrichment node is alive: nothing runs until one starts.";
        if (rows.StuckRuns > 0)
            yield return $"{rows.StuckRuns} {(rows.StuckRuns == 1 ? "run is" : "runs are")} open though no node is alive.";
        var known = providers.FindAll(provider => provider.Status != "unknown");
        if (known.Count > 0 && known.TrueForAll(provider => provider.Status == "unhealthy"))
            yield return "No provider can be reached: all their circuits are open.";
    }

    private static IEnumerable<string> Lesser(HealthRows rows, List<ProviderConnectivity> providers)
    {
        if (rows.Scheduler.Paused)
            yield return "Enrichment is paused.";
        foreach (var provider in providers)
        {
            if (provider.Status == "unhealthy")
                yield return $"The circuit of {provider.Provider} is open.";
            else if (provider.Status == "degraded")
                yield return $"{provider.Provider} fails often or is being tried again.";
            if (Refusal(rows, provider.Provider) is { } refusal)
                yield return $"{provider.Provider} is not asked before {refusal.BlockedUntil:yyyy-MM-dd HH:mm} UTC, since it {refusal.Refusal}.";
        }

        if (rows.BulkFailure is { } failure)
            yield return $"Bulk files could not be written. {failure}";
        if (rows.Symbols.Error > 0)
            yield return $"{rows.Symbols.Error} {(rows.Symbols.Error == 1 ? "symbol" : "symbols")} failed for good.";
        if (rows.Symbols.Delisted > 0)
            yield return $"{rows.Symbols.Delisted} {(rows.Symbols.Delisted == 1 ? "symbol is" : "symbols are")} delisted or renamed.";
        foreach (var waiting in rows.Attention.Where(count => count.Kind != AttentionKinds.Delisted))
            yield return $"{waiting.Symbols} {(waiting.Symbols == 1 ? "symbol needs" : "symbols need")} somebody to look: {waiting.Kind}.";
        if (rows.Symbols.Stale > 0)
            yield return $"The data of {rows.Symbols.Stale} {(rows.Symbols.Stale == 1 ? "symbol is" : "symbols are")} stale.";
    }

    // That of the node that heard of it last: the longest, while the provider goes on refusing.
    private static RateLimitState? Refusal(HealthRows rows, string provider) => rows.Providers
        .Select(state => state.Resilience)
        .Where(state => state.Provider == provider && state is { NodeAlive: true, RateLimit.Refusal: not null } && state.RateLimit.BlockedUntil > rows.Scheduler.Now)
        .Select(state => state.RateLimit)
        .MaxBy(state => state.BlockedUntil);

    private static ProviderConnectivity Connectivity(IGrouping<string, ProviderState> provider)
    {
        var live = provider.Select(state => state.Resilience).Where(state => state.NodeAlive).ToList();
        var failed = provider.Where(state => state.LastErrorAt is not null).MaxBy(state => state.LastErrorAt);
        var status = live.Count == 0 ? "unknown" : StatusOf(live);
        return new(provider.Key, status, provider.Max(state => state.LastSuccessAt), failed?.LastError, failed?.LastErrorAt);
    }

    private static string StatusOf(List<ProviderResilience> live) =>
        live.Exists(state => state.CircuitState is "open" or "isolated") ? "unhealthy"
        : live.Exists(state => state.CircuitState == "half_open" || state.FailureRatio >= OftenFailing) ? "degraded"
        : "healthy";
}
