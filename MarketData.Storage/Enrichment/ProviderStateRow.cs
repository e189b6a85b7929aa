namespace MarketData.Storage.Enrichment;

/// <summary>A provider's resilience as one node sees it: a row of <c>provider_state</c>.</summary>
public sealed record ProviderStateRow
{
    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>Whether it is asked at all.</summary>
    public required bool Enabled { get; init; }

    /// <summary><c>closed</c>, <c>half_open</c>, <c>open</c> or <c>isolated</c>.</summary>
    public required string CircuitState { get; init; }

    /// <summary>Since when the circuit is not closed.</summary>
    public DateTimeOffset? OpenedAt { get; init; }

    /// <summary>When it is probed.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>Share of recent calls that failed, 0 to 1.</summary>
    public required double FailureRatio { get; init; }

    /// <summary>Requests a minute.</summary>
    public required int LimitPerMinute { get; init; }

    /// <summary>Requests at once after a quiet time.</summary>
    public required int Burst { get; init; }

    /// <summary>Permits left in the cluster's bucket.</summary>
    public required double PermitsAvailable { get; init; }

    /// <summary>Requests waiting for a permit.</summary>
    public required int RateLimitQueued { get; init; }

    /// <summary>Requests refused by a full queue.</summary>
    public required long RateLimitRejections { get; init; }

    /// <summary>Requests that may be under way at once.</summary>
    public required int BulkheadLimit { get; init; }

    /// <summary>Requests under way.</summary>
    public required int BulkheadActive { get; init; }

    /// <summary>Requests waiting for their turn.</summary>
    public required int BulkheadQueued { get; init; }

    /// <summary>Requests refused because too many waited for their turn.</summary>
    public required long BulkheadRejections { get; init; }

    /// <summary>Attempts after the first.</summary>
    public required long RetriesTotal { get; init; }

    /// <summary>Attempts.</summary>
    public required long CallsTotal { get; init; }

    /// <summary>Failed attempts.</summary>
    public required long ErrorsTotal { get; init; }

    /// <summary>The latest failure.</summary>
    public string? LastError { get; init; }

    /// <summary>When it happened.</summary>
    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>When an answer was last read.</summary>
    public DateTimeOffset? LastSuccessAt { get; init; }
}
