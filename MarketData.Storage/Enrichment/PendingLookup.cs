namespace MarketData.Storage.Enrichment;

/// <summary>A question about a symbol that waits for an answer.</summary>
public sealed record PendingLookup
{
    /// <summary>The question's own id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary>The class that it is presumed to be of, such as <c>stock</c>.</summary>
    public required string AssetClass { get; init; }
}
