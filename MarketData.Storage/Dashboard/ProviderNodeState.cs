namespace MarketData.Storage.Dashboard;

/// <summary>A provider's resilience on one node, as the node last reported it.</summary>
public sealed record ProviderNodeState
{
    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>The node.</summary>
    public required string NodeId { get; init; }

    /// <summary>Whether the provider is in use.</summary>
    public required bool Enabled { get; init; }

    /// <summary><c>closed</c>, <c>half_open</c>, <c>open</c> or <c>isolated</c>.</summary>
    public required string CircuitState { get; init; }

    /// <summary>When the circuit opened, UTC.</summary>
    public DateTime? OpenedAt { get; init; }

    /// <summary>When the next probe is due, UTC.</summary>
    public DateTime? RetryAt { get; init; }

    /// <summary>Share of failed calls in the sampling window, 0 to 1.</summary>
    public required double FailureRatio { get; init; }

    /// <summary>Calls allowed a minute.</summary>
    public required int LimitPerMinute { get; init; }

    /// <summary>Calls allowed at once.</summary>
    public required int Burst { get; init; }

    /// <summary>Calls that may be made now.</summary>
    public required double PermitsAvailable { get; init; }

    /// <summary>Calls waiting for a permit.</summary>
    public required int RateLimitQueued { get; init; }

    /// <summary>Calls refused since the node started.</summary>
    public required long RateLimitRejections { get; init; }

    /// <summary>Concurrent calls allowed.</summary>
    public required int BulkheadLimit { get; init; }

    /// <summary>Calls under way.</summary>
    public required int BulkheadActive { get; init; }

    /// <summary>Calls waiting for a place.</summary>
    public required int BulkheadQueued { get; init; }

    /// <summary>Calls refused a place since the node started.</summary>
    public required long BulkheadRejections { get; init; }

    /// <summary>Retries since the node started.</summary>
    public required long RetriesTotal { get; init; }

    /// <summary>Calls since the node started.</summary>
    public required long CallsTotal { get; init; }

    /// <summary>Failed calls since the node started.</summary>
    public required long ErrorsTotal { get; init; }

    /// <summary>The last error.</summary>
    public string? LastError { get; init; }

    /// <summary>When, UTC.</summary>
    public DateTime? LastErrorAt { get; init; }

    /// <summary>When a call last succeeded, UTC.</summary>
    public DateTime? LastSuccessAt { get; init; }

    /// <summary>When the node reported this, UTC.</summary>
    public required DateTime UpdatedAt { get; init; }

    /// <summary>Whether the node is alive.</summary>
    public required bool NodeAlive { get; init; }
}
