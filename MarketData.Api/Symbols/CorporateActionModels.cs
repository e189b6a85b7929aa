using MarketData.Api.Requests;
using MarketData.Domain.Adjustments;
using MarketData.Storage.Dashboard;

namespace MarketData.Api.Symbols;

/// <summary>A symbol's splits and dividends.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Items">What prices are adjusted by, newest first.</param>
/// <param name="Reports">What providers and people told, as told, newest first, and what became of it.</param>
public sealed record CorporateActionList(string Symbol, IReadOnlyList<CorporateAction> Items, IReadOnlyList<CorporateActionReport> Reports);

/// <summary>A split or a dividend that providers do not tell of, or tell of wrongly: a ratio, or an amount.</summary>
public sealed record NewCorporateAction
{
    /// <summary>The first day that trades without it.</summary>
    [Required(ErrorMessage = "must be the first day that trades without it, such as 2020-08-31.")]
    public DateOnly? ExDate { get; init; }

    /// <summary>Split: this many old shares …</summary>
    [Positive]
    public double? RatioFrom { get; init; }

    /// <summary>… became this many new ones.</summary>
    [Positive]
    public double? RatioTo { get; init; }

    /// <summary>Dividend per share, as paid.</summary>
    [Positive]
    public double? CashAmount { get; init; }

    /// <summary>The dividend's currency, ISO 4217; the price's when left out.</summary>
    [RegularExpression("^[A-Z]{3}$", ErrorMessage = "must be a currency's three letters, such as USD.")]
    public string? Currency { get; init; }

    /// <summary>Dividend: who is on record on this day is paid.</summary>
    public DateOnly? RecordDate { get; init; }

    /// <summary>Dividend: the day of payment.</summary>
    public DateOnly? PayDate { get; init; }

    internal StockSplit? Split => RatioFrom is { } from && RatioTo is { } to ? new(ExDate!.Value, from, to) : null;

    internal CashDividend? Dividend => CashAmount is { } amount ? new(ExDate!.Value, amount, Currency, RecordDate, PayDate) : null;
}

/// <summary>That a report is right.</summary>
public sealed record CorporateActionConfirmation
{
    /// <summary>The first day that trades without it, where that is another than was told.</summary>
    public DateOnly? ExDate { get; init; }
}
