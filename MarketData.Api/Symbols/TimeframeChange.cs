using MarketData.Api.Requests;

namespace MarketData.Api.Symbols;

/// <summary>The intervals that a symbol is enriched in.</summary>
public sealed record TimeframeChange
{
    /// <summary>At least one of <c>5m 15m 30m 1h 4h 1d 1w</c>.</summary>
    [Required(ErrorMessage = "must hold at least one interval.")]
    [Timeframe, MinLength(1, ErrorMessage = "must hold at least one interval.")]
    public IReadOnlyList<string?>? Timeframes { get; init; }
}
