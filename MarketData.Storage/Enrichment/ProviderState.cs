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
