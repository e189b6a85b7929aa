using Polly.CircuitBreaker;

namespace MarketData.Enrichment.Resilience;

/// <summary>A provider's resilience state on this node at one instant: the one source of metrics, REST and dashboard.</summary>
public sealed record ProviderSnapshot
{
    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>What the circuit lets through.</summary>
    public required CircuitState CircuitState { get; init; }

    /// <summary>Since when the circuit is not closed; null when it is.</summary>
    public DateTimeOffset? OpenedAt { get; init; }

    /// <summary>When a probe is let through; null unless open.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>Share of failed calls within the sampling duration, 0 to 1.</summary>
    public required double FailureRatio { get; init; }

    /// <summary>The cluster's requests a minute.</summary>
    public required int LimitPerMinute { get; init; }

    /// <summary>The cluster's burst.</summary>
    public required int Burst { get; init; }

    /// <summary>Permits left in the cluster's bucket, as far as this node knows.</summary>
    public required double PermitsAvailable { get; init; }

    /// <summary>Requests waiting for a permit.</summary>
    public required int RateLimitQueued { get; init; }

    /// <summary>Requests refused because too many were waiting, since the start.</summary>
    public required long RateLimitRejections { get; init; }

    /// <summary>Requests that may be under way at once.</summary>
    public required int BulkheadLimit { get; init; }

    /// <summary>Requests under way.</summary>
    public required int BulkheadActive { get; init; }

    /// <summary>Requests waiting for their turn.</summary>
    public required int BulkheadQueued { get; init; }

    /// <summary>Requests refused because too many were waiting for their turn, since the start.</summary>
    public required long BulkheadRejections { get; init; }

    /// <summary>Attempts after the first, since the start.</summary>
    public required long RetriesTotal { get; init; }

    /// <summary>Attempts made, since the start.</summary>
    public required long CallsTotal { get; init; }

    /// <summary>Attempts failed, since the start.</summary>
    public required long ErrorsTotal { get; init; }

    /// <summary>The latest failure's message.</summary>
    public string? LastError { get; init; }

    /// <summary>When the latest failure happened.</summary>
    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>When an answer was last read.</summary>
    public DateTimeOffset? LastSuccessAt { get; init; }
}
