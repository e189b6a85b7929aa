using MarketData.Api.Providers;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;

namespace MarketData.Api.Enrichment;

/// <summary>The health of the whole, and of each of its parts.</summary>
/// <param name="Status"><c>healthy</c>, <c>degraded</c> or <c>unhealthy</c>.</param>
/// <param name="Reasons">Why it is not healthy, a sentence each.</param>
/// <param name="Scheduler">Scheduler and nodes.</param>
/// <param name="Database">The database.</param>
/// <param name="ApiConnectivity">Each provider as all nodes together see it.</param>
/// <param name="Resilience">Circuit, rate limiter and bulkhead of each provider on each node.</param>
/// <param name="SymbolHealth">Active symbols by state of health.</param>
/// <param name="RecentFailures">The last ten symbols that failed for good, without those that are delisted.</param>
/// <param name="Attention">How many active symbols have something that a person should look at, by kind; kinds without any are left out.</param>
/// <param name="ProviderCheck">The last look at what providers answer; null before the first.</param>
/// <param name="Troubles">All that is wrong, worst first, one for each cause: what the reasons are the sentences of.</param>
public sealed record DashboardHealth(
    string Status, IReadOnlyList<string> Reasons, SchedulerHealth Scheduler, DatabaseHealth Database,
    IReadOnlyList<ProviderConnectivity> ApiConnectivity, IReadOnlyList<ProviderResilience> Resilience,
    SymbolHealth SymbolHealth, IReadOnlyList<FailedJob> RecentFailures, IReadOnlyList<AttentionCount> Attention,
    ProviderCheckReport? ProviderCheck, IReadOnlyList<Trouble> Troubles);

/// <summary>The state of the scheduler.</summary>
/// <param name="Status"><c>running</c>, <c>paused</c>, or <c>stopped</c>: no live node.</param>
/// <param name="NodesAlive">Live enrichment nodes.</param>
/// <param name="LastHeartbeat">The latest sign of life of any node, UTC.</param>
/// <param name="NextRun">When the next nightly run is due, UTC.</param>
/// <param name="StuckRuns">Runs that are open though no node lives.</param>
public sealed record SchedulerHealth(string Status, long NodesAlive, DateTime? LastHeartbeat, DateTime? NextRun, long StuckRuns);

/// <summary>The state of the database.</summary>
/// <param name="Status"><c>healthy</c>; <c>unhealthy</c>: it answers and takes no writes, the first of the reasons says why.</param>
/// <param name="LatencyMs">How long a round trip to it took, milliseconds.</param>
public sealed record DatabaseHealth(string Status, double LatencyMs);

/// <summary>Whether a provider can be reached.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Status">
/// <c>healthy</c>, <c>degraded</c> (half-open, or failing often), <c>unhealthy</c> (its circuit is open, or it is shut off) or <c>unknown</c> (no live node reports
/// it).
/// </param>
/// <param name="LastSuccessAt">When a call last succeeded, UTC.</param>
/// <param name="LastError">The last error.</param>
/// <param name="LastErrorAt">When that was, UTC.</param>
/// <param name="WaitingSymbols">Symbols that wait to be tried again for its sake.</param>
/// <param name="FilledIn">Who answered in its place in the last 24 hours, most first.</param>
/// <param name="Isolation">That a person has shut it off; null when nobody has.</param>
public sealed record ProviderConnectivity(
    string Provider, string Status, DateTime? LastSuccessAt, string? LastError, DateTime? LastErrorAt, long WaitingSymbols,
    IReadOnlyList<Substitute> FilledIn, ProviderIsolation? Isolation);

/// <summary>A provider that answered in the place of another.</summary>
/// <param name="Provider">Who answered.</param>
/// <param name="Symbols">For how many symbols.</param>
public sealed record Substitute(string Provider, long Symbols);
