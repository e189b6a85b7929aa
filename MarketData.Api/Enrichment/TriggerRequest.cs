namespace MarketData.Api.Enrichment;

/// <summary>What to enrich. Everything left out means all of it.</summary>
public sealed record TriggerRequest
{
    /// <summary>The symbols; none or null for all active ones.</summary>
    public IReadOnlyList<string?>? Symbols { get; init; }

    /// <summary>Only symbols of this class: <c>stock</c>, <c>etf</c> or <c>crypto</c>.</summary>
    public string? AssetClass { get; init; }

    /// <summary>Only these intervals; null for those that each symbol is configured for.</summary>
    public IReadOnlyList<string?>? Timeframes { get; init; }

    /// <summary>Start of a range to backfill, UTC; needs <see cref="To"/>.</summary>
    public DateTime? From { get; init; }

    /// <summary>End of the range to backfill, UTC; needs <see cref="From"/>.</summary>
    public DateTime? To { get; init; }
}
