namespace MarketData.Storage.Dashboard;

/// <summary>Which symbols to read. What is null does not matter.</summary>
public sealed record SymbolFilter
{
    /// <summary>Only this class.</summary>
    public string? AssetClass { get; init; }

    /// <summary>Only enriched symbols (true), or only the others (false).</summary>
    public bool? Active { get; init; }

    /// <summary>Only symbols whose text or name contains this, in any case.</summary>
    public string? Search { get; init; }

    /// <summary>Only symbols in this state.</summary>
    public string? Status { get; init; }
}
