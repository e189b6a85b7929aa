namespace MarketData.Storage.Enrichment;

/// <summary>That a person has shut a provider off.</summary>
public sealed record ProviderIsolation
{
    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>Since when, UTC.</summary>
    public required DateTime IsolatedAt { get; init; }

    /// <summary>By whom.</summary>
    public string? IsolatedBy { get; init; }

    /// <summary>Why, in that person's words.</summary>
    public string? Reason { get; init; }
}
