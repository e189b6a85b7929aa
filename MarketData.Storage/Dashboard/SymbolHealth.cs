namespace MarketData.Storage.Dashboard;

/// <summary>How many active symbols are in which state of health.</summary>
public sealed record SymbolHealth
{
    /// <summary>Score, completeness and age as they should be.</summary>
    public required long Healthy { get; init; }

    /// <summary>One of them below its threshold.</summary>
    public required long Warning { get; init; }

    /// <summary>Data too old.</summary>
    public required long Stale { get; init; }

    /// <summary>The last job failed for good.</summary>
    public required long Error { get; init; }

    /// <summary>Never enriched, or a job in hand.</summary>
    public required long Pending { get; init; }
}
