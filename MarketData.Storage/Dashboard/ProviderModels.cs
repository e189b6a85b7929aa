using MarketData.Storage.Enrichment;

namespace MarketData.Storage.Dashboard;

/// <summary>How one provider did over a window.</summary>
/// <param name="Points">By stretch of time, first to last; those without any request are left out.</param>
/// <param name="Circuits">How its circuits changed, newest first.</param>
/// <param name="Affected">Symbols that it failed last, newest first.</param>
/// <param name="AffectedTotal">How many those are in all.</param>
/// <param name="Isolation">That a person has shut it off; null when nobody has.</param>
public sealed record ProviderRows(
    IReadOnlyList<ProviderPoint> Points, IReadOnlyList<CircuitTransition> Circuits, IReadOnlyList<AffectedSymbol> Affected, long AffectedTotal,
    ProviderIsolation? Isolation);

/// <summary>What was asked of a provider in a stretch of time.</summary>
public sealed record ProviderPoint
{
    /// <summary>When the stretch begins, UTC.</summary>
    public required DateTime Bucket { get; init; }

    /// <summary>Requests sent.</summary>
    public required long Sent { get; init; }

    /// <summary>Those that came to nothing: no answer, a refusal, or an answer that does not read.</summary>
    public required long Failed { get; init; }

    /// <summary>Requests not made, since the circuit was open.</summary>
    public required long NotAsked { get; init; }

    /// <summary>Mean response time of those answered, milliseconds; null when none was.</summary>
    public double? AvgLatencyMs { get; init; }

    /// <summary>Its 95th percentile, to a tenth, milliseconds.</summary>
    public double? P95LatencyMs { get; init; }
}

/// <summary>A symbol that a provider failed when it was last asked for it, or would have been.</summary>
public sealed record AffectedSymbol
{
    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary>The interval that was asked for.</summary>
    public required string Timeframe { get; init; }

    /// <summary>When that was, UTC.</summary>
    public required DateTime FailedAt { get; init; }

    /// <summary>Whether the provider was not asked, since its circuit was open or a person had shut it off.</summary>
    public required bool NotAsked { get; init; }

    /// <summary>Why, in words.</summary>
    public string? Error { get; init; }

    /// <summary>The run.</summary>
    public Guid? JobId { get; init; }

    /// <summary>The trace in which it happened.</summary>
    public string? TraceId { get; init; }

    /// <summary>The state of the symbol's job, <c>queued</c>, <c>running</c> or <c>retrying</c>; null when none waits.</summary>
    public string? JobStatus { get; init; }

    /// <summary>When it is tried again, UTC; null when no job waits.</summary>
    public DateTime? NextTryAt { get; init; }

    /// <summary>The provider that has given the interval since; null when none has.</summary>
    public string? FilledBy { get; init; }
}

/// <summary>A request to a provider, as it is on record.</summary>
public sealed record LoggedRequest : ProviderRequest
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>The node that made it.</summary>
    public required string Node { get; init; }
}

/// <summary>Which requests to read.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Failed">Only those that came to nothing (true), or only the others (false).</param>
/// <param name="Symbol">Only for this symbol.</param>
/// <param name="JobId">Only of this run.</param>
/// <param name="BeforeId">Only those with a smaller number.</param>
public sealed record RequestFilter(string Provider, bool? Failed, string? Symbol, Guid? JobId, long? BeforeId);
