using MarketData.Api.Requests;
using MarketData.Domain.Candles;

namespace MarketData.Api.Symbols;

/// <summary>A symbol to follow from now on.</summary>
public sealed record NewSymbol
{
    /// <summary>1 to 20 of <c>A–Z 0–9 . - ^ =</c>; upper-cased.</summary>
    [Required(ErrorMessage = "must be 1 to 20 of the characters A–Z, 0–9, '.', '-', '^' and '='."), Parsable(typeof(Symbol))]
    public string? Symbol { get; init; }

    /// <summary><c>stock</c>, <c>etf</c> or <c>crypto</c>.</summary>
    [Required(ErrorMessage = "must be one of stock, etf, crypto."), AssetClass]
    public string? AssetClass { get; init; }

    /// <summary>Its name, up to 200 characters.</summary>
    [Text(200, MinimumLength = 1)]
    public string? Name { get; init; }

    /// <summary>The intervals to enrich; <c>["1d"]</c> when left out.</summary>
    [Timeframe, MinLength(1, ErrorMessage = "must hold at least one interval.")]
    public IReadOnlyList<string?>? Timeframes { get; init; }
}

/// <summary>What to change about a symbol; what is left out stays.</summary>
public sealed record SymbolChange
{
    /// <summary>Its name, up to 200 characters.</summary>
    [Text(200, MinimumLength = 1)]
    public string? Name { get; init; }

    /// <summary>Whether to enrich it.</summary>
    public bool? Active { get; init; }

    /// <summary>The intervals to enrich.</summary>
    [Timeframe, MinLength(1, ErrorMessage = "must hold at least one interval.")]
    public IReadOnlyList<string?>? Timeframes { get; init; }
}

/// <summary>The intervals that a symbol is enriched in.</summary>
public sealed record TimeframeChange
{
    /// <summary>At least one of <c>5m 15m 30m 1h 4h 1d 1w</c>.</summary>
    [Required(ErrorMessage = "must hold at least one interval.")]
    [Timeframe, MinLength(1, ErrorMessage = "must hold at least one interval.")]
    public IReadOnlyList<string?>? Timeframes { get; init; }
}

/// <summary>What removing a symbol came to.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Status"><c>deactivated</c> (its data stays) or <c>purged</c>.</param>
/// <param name="CandlesDeleted">Candles deleted.</param>
public sealed record SymbolRemoved(string Symbol, string Status, long CandlesDeleted);
