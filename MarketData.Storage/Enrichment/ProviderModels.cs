using System.Text.Json.Serialization;

namespace MarketData.Storage.Enrichment;

/// <summary>A provider's state on one node: the document of a row of <c>provider_state</c>.</summary>
public sealed record ProviderState
{
    /// <summary>Circuit, rate limiter and bulkhead, as the API shows them of each node.</summary>
    public required ProviderResilience Resilience { get; init; }

    /// <summary>When a call last succeeded, UTC.</summary>
    public DateTime? LastSuccessAt { get; init; }

    /// <summary>The last error.</summary>
    public string? LastError { get; init; }

    /// <summary>When that was, UTC.</summary>
    public DateTime? LastErrorAt { get; init; }
}

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

    /// <summary>
    /// Requests sent since the node started, as the provider counts them: of every kind, each page and each attempt, answered or not.
    /// </summary>
    public required long CallsTotal { get; init; }

    /// <summary>Requests not made since the node started, since the circuit was open.</summary>
    public long NotAskedTotal { get; init; }

    /// <summary>Attempts since the node started that failed and may succeed later.</summary>
    public required long ErrorsTotal { get; init; }

    /// <summary>When the node reported this, UTC.</summary>
    public required DateTime UpdatedAt { get; init; }
}

/// <summary>A token bucket.</summary>
public sealed record RateLimitState
{
    /// <summary>Calls allowed a minute.</summary>
    public required int LimitPerMinute { get; init; }

    /// <summary>Calls allowed at once.</summary>
    public required int Burst { get; init; }

    /// <summary>Calls that may be made now.</summary>
    public required double Available { get; init; }

    /// <summary>Calls that wait.</summary>
    public required int Queued { get; init; }

    /// <summary>Calls refused since the node started.</summary>
    public required long RejectionsTotal { get; init; }

    /// <summary>Until when no node asks the provider, UTC; null while it may be asked.</summary>
    public DateTime? BlockedUntil { get; init; }

    /// <summary>What the provider said when it turned the client away; null when it has served since.</summary>
    public string? Refusal { get; init; }
}

/// <summary>A limit on concurrent calls.</summary>
public sealed record BulkheadState
{
    /// <summary>Calls allowed at a time.</summary>
    public required int Limit { get; init; }

    /// <summary>Calls under way.</summary>
    public required int Active { get; init; }

    /// <summary>Calls that wait for a place.</summary>
    public required int Queued { get; init; }

    /// <summary>Calls refused since the node started.</summary>
    public required long RejectionsTotal { get; init; }
}

/// <summary>What a bucket gave.</summary>
/// <param name="Permits">Permits taken, 0 or more.</param>
/// <param name="Left">Permits left, possibly a part of one.</param>
/// <param name="BlockedFor">How long the provider still wants to be left alone; zero when it does not.</param>
/// <param name="Refusal">What the provider said when it last turned the client away; null when it has served since.</param>
public readonly record struct PermitsTaken(int Permits, double Left, TimeSpan BlockedFor, string? Refusal = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ProviderState))]
internal sealed partial class ProviderStateJson : JsonSerializerContext;
