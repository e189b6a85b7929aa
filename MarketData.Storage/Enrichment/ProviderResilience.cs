namespace MarketData.Storage.Enrichment;

/// <summary>A provider's circuit, rate limiter and bulkhead on one node.</summary>
public sealed record ProviderResilience
{
    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>Whether the node is alive; if not, this is what it last reported.</summary>
    public required bool NodeAlive { get; init; }

    /// <summary><c>closed</c>, <c>half_open</c>, <c>open</c> or <c>isolated</c>.</summary>
    public required string CircuitState { get; init; }

    /// <summary>When the circuit opened, UTC.</summary>
    public DateTime? OpenedAt { get; init; }

    /// <summary>When the next probe is due, UTC.</summary>
    public DateTime? RetryAt { get; init; }

    /// <summary>Share of failed calls in the sampling window, 0 to 1.</summary>
    public required double FailureRatio { get; init; }

    /// <summary>The token bucket.</summary>
    public required RateLimitState RateLimit { get; init; }

    /// <summary>The limit on concurrent calls.</summary>
    public required BulkheadState Bulkhead { get; init; }

    /// <summary>Retries since the node started.</summary>
    public required long RetriesTotal { get; init; }

    /// <summary>Calls since the node started.</summary>
    public required long CallsTotal { get; init; }

    /// <summary>Failed calls since the node started.</summary>
    public required long ErrorsTotal { get; init; }

    /// <summary>When the node reported this, UTC.</summary>
    public required DateTime UpdatedAt { get; init; }
}
