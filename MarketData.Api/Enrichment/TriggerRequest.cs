using MarketData.Api.Requests;
using MarketData.Domain.Candles;

namespace MarketData.Api.Enrichment;

/// <summary>What to enrich. Everything left out means all of it.</summary>
public sealed record TriggerRequest
{
    /// <summary>The symbols; none or null for all active ones.</summary>
    [Parsable(typeof(Symbol)), MaxLength(10_000, ErrorMessage = "must hold at most {1} items.")]
    public IReadOnlyList<string?>? Symbols { get; init; }

    /// <summary>Only symbols of this class: <c>stock</c>, <c>etf</c> or <c>crypto</c>.</summary>
    [AssetClass]
    public string? AssetClass { get; init; }

    /// <summary>Only these intervals; null for those that each symbol is configured for.</summary>
    [Timeframe]
    public IReadOnlyList<string?>? Timeframes { get; init; }

    /// <summary>Start of a range to backfill, UTC; needs <see cref="To"/>.</summary>
    [Instant]
    public DateTime? From { get; init; }

    /// <summary>End of the range to backfill, UTC; needs <see cref="From"/>.</summary>
    [Instant]
    public DateTime? To { get; init; }
}
