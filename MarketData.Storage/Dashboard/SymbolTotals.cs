namespace MarketData.Storage.Dashboard;

/// <summary>Active symbols.</summary>
public sealed record SymbolTotals
{
    /// <summary>All of them.</summary>
    public required long Total { get; init; }

    /// <summary>Those that were enriched at least once.</summary>
    public required long Enriched { get; init; }
}
