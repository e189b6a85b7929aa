namespace MarketData.Web.Api;

/// <summary>The health of everything that enrichment needs.</summary>
public sealed record Health(
    string Status, IReadOnlyList<string> Reasons, SchedulerHealth Scheduler, DatabaseHealth Database,
    IReadOnlyList<ProviderConnectivity> ApiConnectivity, IReadOnlyList<ProviderResilience> Resilience, SymbolHealth SymbolHealth,
    IReadOnlyList<FailedJob> RecentFailures)
{
    /// <summary>The last look at what providers answer; null before the first.</summary>
    public ProviderCheckReport? ProviderCheck { get; init; }
}

/// <summary>The scheduler and its nodes.</summary>
public sealed record SchedulerHealth(
    string Status, long NodesAlive, DateTimeOffset? LastHeartbeat, DateTimeOffset? NextRun, long StuckRuns);

/// <summary>Whether the database answers, and how fast.</summary>
public sealed record DatabaseHealth(string Status, double LatencyMs);

/// <summary>Whether a provider can be reached.</summary>
public sealed record ProviderConnectivity(
    string Provider, string Status, DateTimeOffset? LastSuccessAt, string? LastError, DateTimeOffset? LastErrorAt);

/// <summary>A provider's circuit, rate limiter and bulkhead on one node.</summary>
public sealed record ProviderResilience(
    string Provider, string Node, bool NodeAlive, string CircuitState, DateTimeOffset? OpenedAt, DateTimeOffset? RetryAt, double FailureRatio,
    RateLimitState RateLimit, BulkheadState Bulkhead, long RetriesTotal, long CallsTotal, long ErrorsTotal, DateTimeOffset UpdatedAt)
{
    /// <summary>Requests not made since the node started, since the circuit was open.</summary>
    public long NotAskedTotal { get; init; }
}

/// <summary>A token bucket.</summary>
public sealed record RateLimitState(int LimitPerMinute, int Burst, double Available, int Queued, long RejectionsTotal)
{
    /// <summary>Until when no node asks the provider; null while it may be asked.</summary>
    public DateTimeOffset? BlockedUntil { get; init; }

    /// <summary>What the provider said when it turned the client away; null when it has served since.</summary>
    public string? Refusal { get; init; }
}

/// <summary>A limit on concurrent calls.</summary>
public sealed record BulkheadState(int Limit, int Active, int Queued, long RejectionsTotal);

/// <summary>Active symbols by status.</summary>
public sealed record SymbolHealth(long Healthy, long Warning, long Stale, long Error, long Pending)
{
    /// <summary>Those that no provider knows any more.</summary>
    public long Delisted { get; init; }
}

/// <summary>A symbol that failed for good, and what to do about it.</summary>
public sealed record FailedJob(
    long Id, Guid JobId, string Symbol, DateTimeOffset CompletedAt, int Attempt, string? ErrorMessage, string? ErrorAdvice, string? TraceId);

/// <summary>A provider's circuit changed its state on a node.</summary>
public sealed record CircuitTransition(
    string Provider, string Node, string FromState, string ToState, string? Reason, DateTimeOffset ChangedAt);

/// <summary>What came of a provider's calls over a window.</summary>
public sealed record ProviderCalls(
    string Provider, long Calls, long Errors, double? ErrorRate, double? AvgLatencyMs, double? P95LatencyMs, long RecordsFetched,
    long RecordsInserted, string? CircuitState, DateTimeOffset? LastSuccessAt, string? LastError)
{
    /// <summary>Requests sent, as the provider counts them.</summary>
    public long RequestsSent { get; init; }

    /// <summary>Requests not made, since the circuit was open.</summary>
    public long NotAsked { get; init; }
}
