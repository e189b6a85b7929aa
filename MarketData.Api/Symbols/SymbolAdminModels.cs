using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using MarketData.Storage.Enrichment;

namespace MarketData.Api.Symbols;

/// <summary>A symbol to track from now on.</summary>
public sealed record NewSymbol
{
    /// <summary>1 to 20 of <c>A–Z 0–9 . - ^ =</c>, beginning with a letter, a digit or <c>^</c>; upper-cased.</summary>
    [Required(ErrorMessage = "must be 1 to 20 of the characters A–Z, 0–9, '.', '-', '^' and '=', beginning with a letter, a digit or '^'."), Parsable(typeof(Symbol))]
    public string? Symbol { get; init; }

    /// <summary><c>stock</c>, <c>etf</c>, <c>index</c>, <c>fx</c> or <c>crypto</c>.</summary>
    [Required(ErrorMessage = "must be one of stock, etf, index, fx, crypto."), AssetClass]
    public string? AssetClass { get; init; }

    /// <summary>Its name, up to 200 characters.</summary>
    [Text(200, MinimumLength = 1)]
    public string? Name { get; init; }

    /// <summary>The intervals to enrich; <c>["1d"]</c> when left out.</summary>
    [Timeframe, MinLength(1, ErrorMessage = "must hold at least one interval.")]
    public IReadOnlyList<string?>? Timeframes { get; init; }

    /// <summary>Whether its history is fetched at once; it is when left out.</summary>
    public bool? Start { get; init; }
}

/// <summary>What to change about a symbol; what is left out stays.</summary>
public sealed record SymbolChange
{
    /// <summary>Its name, up to 200 characters.</summary>
    [Text(200, MinimumLength = 1)]
    public string? Name { get; init; }

    /// <summary>Whether to enrich it.</summary>
    public bool? Active { get; init; }

    /// <summary>What a price of 1 means: a currency, ISO 4217, or a part of it such as <c>GBp</c>. Answers in another unit are refused.</summary>
    [RegularExpression("^[A-Z]{2}[A-Za-z]$", ErrorMessage = "must be a currency such as USD, or a part of one such as GBp.")]
    public string? PriceUnit { get; init; }

    /// <summary>The first day of its history: what providers have of before is another instrument's, and is not asked for.</summary>
    public DateOnly? FirstTraded { get; init; }

    /// <summary>The intervals to enrich.</summary>
    [Timeframe, MinLength(1, ErrorMessage = "must hold at least one interval.")]
    public IReadOnlyList<string?>? Timeframes { get; init; }
}

/// <summary>That the prices of a symbol are right, though their level is odd.</summary>
public sealed record PriceLevelAcknowledgement
{
    /// <summary><c>possible_ticker_reuse</c> or <c>unit_shift</c>.</summary>
    [Required(ErrorMessage = "must be one of possible_ticker_reuse, unit_shift."), OneOf(AttentionKinds.PossibleTickerReuse, AttentionKinds.UnitShift)]
    public string? Kind { get; init; }
}

/// <summary>What was acknowledged.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Kind"><c>possible_ticker_reuse</c> or <c>unit_shift</c>.</param>
/// <param name="Candles">How many candles are no longer waiting for a look.</param>
public sealed record PriceLevelAcknowledged(string Symbol, string Kind, int Candles);

/// <summary>Where to cut the history of a symbol.</summary>
public sealed record NewHistoryCut
{
    /// <summary>The first day that stays, by the exchange's clock.</summary>
    [Required(ErrorMessage = "must be the first day that stays, such as 2022-06-09.")]
    public DateOnly? Before { get; init; }
}

/// <summary>What cutting a symbol's history came to.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Before">The first day that stays; nothing of before is asked for any more.</param>
/// <param name="CandlesDeleted">Candles deleted.</param>
public sealed record HistoryCutAway(string Symbol, DateOnly Before, long CandlesDeleted);

/// <summary>What a provider calls a symbol over a range of days.</summary>
public sealed record NewAlias
{
    /// <summary>The provider's name, such as those of <c>/api/v1/metrics/providers</c>.</summary>
    [Required(ErrorMessage = ProviderAttribute.Requirement), Provider]
    public string? Provider { get; init; }

    /// <summary>The symbol as the provider writes it, such as <c>FB</c>, up to 40 characters.</summary>
    [Required(ErrorMessage = "must be 1 to 40 visible ASCII characters without spaces.")]
    [RegularExpression("^[!-~]{1,40}$", ErrorMessage = "must be 1 to 40 visible ASCII characters without spaces.")]
    public string? ProviderSymbol { get; init; }

    /// <summary>The first day; null since ever.</summary>
    public DateOnly? ValidFrom { get; init; }

    /// <summary>The last day; null to this day.</summary>
    public DateOnly? ValidTo { get; init; }
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
