using MarketData.Api.Providers;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Writes;

namespace MarketData.Api.Enrichment;

/// <summary>Judges the health of the whole by the state of its parts.</summary>
public static class HealthAssessment
{
    /// <summary>
    /// <c>unhealthy</c>: nothing is enriched, since the database takes no writes, no node lives or no provider can be reached.
    /// <c>degraded</c>: something needs a look.
    /// </summary>
    /// <param name="rows">The state of the parts.</param>
    /// <param name="latency">How long the database took to answer.</param>
    /// <param name="trouble">Why the database takes no writes; null while it does.</param>
    public static DashboardHealth Of(HealthRows rows, TimeSpan latency, DatabaseTrouble? trouble)
    {
        var providers = rows.Providers.GroupBy(state => state.Resilience.Provider).Select(states => Connectivity(states, rows)).ToList();
        var troubles = Troubles.Of(rows, providers, trouble);
        List<Trouble> grounds = [.. troubles.Where(one => one.Severity != "notice")];
        var scheduler = rows.Scheduler;
        return new(
            Status: grounds.Exists(one => one.Severity == "grave") ? "unhealthy" : grounds.Count > 0 ? "degraded" : "healthy",
            Reasons: [.. grounds.Select(one => one.What)],
            Scheduler: new(scheduler.Status, scheduler.Nodes, scheduler.LastHeartbeat, scheduler.NextRun, rows.StuckRuns),
            Database: new(trouble is null ? "healthy" : "unhealthy", latency.TotalMilliseconds),
            ApiConnectivity: providers,
            Resilience: [.. rows.Providers.Select(state => state.Resilience)],
            SymbolHealth: rows.Symbols,
            RecentFailures: rows.RecentFailures,
            Attention: [.. rows.Attention.Select(group => new AttentionCount(group.Kind, group.Symbols))],
            ProviderCheck: rows.ProviderCheck is { } check ? ProviderCheckReport.Of(check) : null,
            Troubles: troubles);
    }

    private static ProviderConnectivity Connectivity(IGrouping<string, ProviderState> provider, HealthRows rows)
    {
        var live = provider.Select(state => state.Resilience).Where(state => state.NodeAlive).ToList();
        var failed = provider.Where(state => state.LastErrorAt is not null).MaxBy(state => state.LastErrorAt);
        var isolation = rows.Isolations.FirstOrDefault(one => one.Provider == provider.Key);
        var status = isolation is not null ? "unhealthy" : live.Count == 0 ? "unknown" : ProviderTroubles.StatusOf(live);
        return new(
            provider.Key, status, provider.Max(state => state.LastSuccessAt), failed?.LastError, failed?.LastErrorAt,
            rows.Waiting.Where(cause => cause.Providers.Contains(provider.Key)).Sum(cause => cause.Symbols),
            [.. rows.FilledIn.Where(one => one.Provider == provider.Key).Select(one => new Substitute(one.By, one.Symbols))],
            isolation);
    }
}
