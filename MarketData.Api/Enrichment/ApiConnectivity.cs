namespace MarketData.Api.Enrichment;

/// <summary>Whether a provider can be reached.</summary>
public sealed record ApiConnectivity
{
    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary><c>healthy</c>, <c>degraded</c> (half-open, or failing often), <c>unhealthy</c> (its circuit is open) or <c>unknown</c> (no live node reports it).</summary>
    public required string Status { get; init; }

    /// <summary>When a call last succeeded, UTC.</summary>
    public DateTime? LastSuccessAt { get; init; }

    /// <summary>The last error.</summary>
    public string? LastError { get; init; }

    /// <summary>When that was, UTC.</summary>
    public DateTime? LastErrorAt { get; init; }
}
