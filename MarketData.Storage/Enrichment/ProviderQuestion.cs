namespace MarketData.Storage.Enrichment;

/// <summary>What somebody wants to know of one provider: its bars of a range.</summary>
public sealed record ProviderQuestion
{
    /// <summary>The question's own id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The provider's name.</summary>
    public required string Provider { get; init; }

    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary>Its class, such as <c>stock</c>.</summary>
    public required string AssetClass { get; init; }

    /// <summary>The interval's name.</summary>
    public required string Timeframe { get; init; }

    /// <summary>First opening instant, UTC.</summary>
    public required DateTime RangeFrom { get; init; }

    /// <summary>End of the range, UTC, exclusive.</summary>
    public required DateTime RangeTo { get; init; }
}
