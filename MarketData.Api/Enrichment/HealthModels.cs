using MarketData.Storage.Dashboard;

namespace MarketData.Api.Enrichment;

/// <summary>The health of the whole, and of each of its parts.</summary>
/// <param name="Status"><c>healthy</c>, <c>degraded</c> or <c>unhealthy</c>.</param>
/// <param name="Reasons">Why it is not healthy, a sentence each.</param>
/// <param name="Scheduler">Scheduler and nodes.</param>
/// <param name="Database">The database.</param>
/// <param name="ApiConnectivity">Each provider as all nodes together see it.</param>
/// <param name="Resilience">Circuit, rate limiter and bulkhead of each provider on each node.</param>
/// <param name="SymbolHealth">Active symbols by state of health.</param>
/// <param name="RecentFailures">The last ten symbols that failed for good.</param>
public sealed record DashboardHealth(
    string Status, IReadOnlyList<string> Reasons, SchedulerHealth Scheduler, DatabaseHealth Database,
    IReadOnlyList<ApiConnectivity> ApiConnectivity, IReadOnlyList<ProviderResilience> Resilience,
    SymbolHealth SymbolHealth, IReadOnlyList<FailedJob> RecentFailures);

/// <summary>The state of the scheduler.</summary>
/// <param name="Status"><c>running</c>, <c>paused</c>, or <c>stopped</c>: no live node.</param>
/// <param name="NodesAlive">Live enrichment nodes.</param>
/// <param name="LastHeartbeat">The latest sign of life of any node, UTC.</param>
/// <param name="NextRun">When the next nightly run is due, UTC.</param>
/// <param name="StuckRuns">Runs that are open though no node lives.</param>
public sealed record SchedulerHealth(string Status, long NodesAlive, DateTime? LastHeartbeat, DateTime? NextRun, long StuckRuns);

/// <summary>The state of the database.</summary>
/// <param name="Status"><c>healthy</c>: it answered.</param>
/// <param name="LatencyMs">How long a round trip to it took, milliseconds.</param>
public sealed record DatabaseHealth(string Status, double LatencyMs);

/// <summary>Whether a provider can be reached.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Status">
/// <c>healthy</c>, <c>degraded</c> (half-open, or failing often), <c>unhealthy</c> (its circuit is open), <c>unknown</c> (no live node reports
/// it) or <c>disabled</c>.
/// </param>
/// <param name="LastSuccessAt">When a call last succeeded, UTC.</param>
/// <param name="LastError">The last error.</param>
/// <param name="LastErrorAt">When that was, UTC.</param>
public sealed record ApiConnectivity(string Provider, string Status, DateTime? LastSuccessAt, string? LastError, DateTime? LastErrorAt);

/// <summary>A provider's circuit, rate limiter and bulkhead on one node.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Node">The node.</param>
/// <param name="NodeAlive">Whether the node is alive; if not, this is what it last reported.</param>
/// <param name="CircuitState"><c>closed</c>, <c>half_open</c>, <c>open</c> or <c>isolated</c>.</param>
/// <param name="OpenedAt">When the circuit opened, UTC.</param>
/// <param name="RetryAt">When the next probe is due, UTC.</param>
/// <param name="FailureRatio">Share of failed calls in the sampling window, 0 to 1.</param>
/// <param name="RateLimit">The token bucket.</param>
/// <param name="Bulkhead">The limit on concurrent calls.</param>
/// <param name="RetriesTotal">Retries since the node started.</param>
/// <param name="CallsTotal">Calls since the node started.</param>
/// <param name="ErrorsTotal">Failed calls since the node started.</param>
/// <param name="UpdatedAt">When the node reported this, UTC.</param>
public sealed record ProviderResilience(
    string Provider, string Node, bool NodeAlive, string CircuitState, DateTime? OpenedAt, DateTime? RetryAt,
    double FailureRatio, RateLimitState RateLimit, BulkheadState Bulkhead, long RetriesTotal, long CallsTotal,
    long ErrorsTotal, DateTime UpdatedAt)
{
    internal static ProviderResilience From(ProviderNodeState state) => new(
        Provider: state.Provider,
        Node: state.NodeId,
        NodeAlive: state.NodeAlive,
        CircuitState: state.CircuitState,
        OpenedAt: state.OpenedAt,
        RetryAt: state.RetryAt,
        FailureRatio: state.FailureRatio,
        RateLimit: new(state.LimitPerMinute, state.Burst, state.PermitsAvailable, state.RateLimitQueued, state.RateLimitRejections),
        Bulkhead: new(state.BulkheadLimit, state.BulkheadActive, state.BulkheadQueued, state.BulkheadRejections),
        RetriesTotal: state.RetriesTotal,
        CallsTotal: state.CallsTotal,
        ErrorsTotal: state.ErrorsTotal,
        UpdatedAt: state.UpdatedAt);
}

/// <summary>A token bucket.</summary>
/// <param name="LimitPerMinute">Calls allowed a minute.</param>
/// <param name="Burst">Calls allowed at once.</param>
/// <param name="Available">Calls that may be made now.</param>
/// <param name="Queued">Calls that wait.</param>
/// <param name="RejectionsTotal">Calls refused since the node started.</param>
public sealed record RateLimitState(int LimitPerMinute, int Burst, double Available, int Queued, long RejectionsTotal);

/// <summary>A limit on concurrent calls.</summary>
/// <param name="Limit">Calls allowed at a time.</param>
/// <param name="Active">Calls under way.</param>
/// <param name="Queued">Calls that wait for a place.</param>
/// <param name="RejectionsTotal">Calls refused since the node started.</param>
public sealed record BulkheadState(int Limit, int Active, int Queued, long RejectionsTotal);
