using MarketData.Api.Requests;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Symbols;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Symbols;

/// <summary>Which symbols to list.</summary>
public sealed record SymbolsQuery(
    [property: FromQuery(Name = "asset_class"), AssetClass, Description("Only symbols of this class.")] string? AssetClass,
    [property: Description("Only symbols that are enriched (true), or only those that are not (false).")] bool? Active,
    [property: Text(50), Description("Only symbols whose name or text contains this, in any case.")] string? Search)
{
    internal SymbolFilter Filter => new() { AssetClass = AssetClass?.ToLowerInvariant(), Active = Active, Search = Search };
}

/// <summary>Tracked symbols.</summary>
/// <param name="Symbols">The symbols, in alphabetical order.</param>
/// <param name="Total">How many there are.</param>
public sealed record SymbolList(IReadOnlyList<TrackedSymbol> Symbols, int Total)
{
    internal static SymbolList Of(IReadOnlyList<TrackedSymbol> symbols) => new(symbols, symbols.Count);
}

/// <summary>Tracked symbols with status, quality and coverage.</summary>
/// <param name="Symbols">The symbols, in alphabetical order.</param>
/// <param name="Total">How many there are.</param>
public sealed record DetailedSymbolList(IReadOnlyList<DetailedSymbol> Symbols, int Total);

/// <summary>A tracked symbol with status, quality and coverage.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="AssetClass"><c>stock</c>, <c>etf</c>, <c>index</c>, <c>fx</c> or <c>crypto</c>.</param>
/// <param name="Name">Its name, when known.</param>
/// <param name="Active">Whether it is enriched.</param>
/// <param name="Exchange">Where it trades: a market identifier code, <c>24/7</c> or <c>24/5</c>.</param>
/// <param name="PriceUnit">What a price of 1 means: a currency, or a part of it such as <c>GBp</c>.</param>
/// <param name="ListingStatus"><c>active</c>, <c>inactive</c>, <c>delisted</c>, <c>renamed</c> or <c>unverified</c>.</param>
/// <param name="Status">
/// <c>pending</c>, <c>queued</c>, <c>running</c>, <c>retrying</c>, <c>healthy</c>, <c>warning</c>, <c>delisted</c>, <c>stale</c> or
/// <c>error</c>.
/// </param>
/// <param name="QualityScore">Mean candle score × completeness, 0 to 1.</param>
/// <param name="ValidationRate">Share of validated candles, 0 to 1.</param>
/// <param name="DataCompleteness">Share of the expected candles that are there, 0 to 1.</param>
/// <param name="DataAgeSeconds">Age of the newest candle, seconds.</param>
/// <param name="RecordsAvailable">Candles stored, over all intervals.</param>
/// <param name="LastEnrichmentTime">When it was last enriched, UTC.</param>
/// <param name="NextRetryAt">When the next attempt is due, UTC.</param>
/// <param name="LastError">Why the last attempt failed.</param>
/// <param name="Timeframes">What is stored, by interval.</param>
/// <param name="QualityHistory">
/// Daily quality (mean candle score × completeness) of the last days, oldest first, null where a day has none; only with <c>history_days</c>.
/// </param>
public sealed record DetailedSymbol(
    string Symbol, string AssetClass, string? Name, bool Active, string? Exchange, string? PriceUnit, string ListingStatus, string Status,
    double? QualityScore, double? ValidationRate, double? DataCompleteness, double? DataAgeSeconds, long RecordsAvailable,
    DateTime? LastEnrichmentTime, DateTime? NextRetryAt, string? LastError, IReadOnlyList<SeriesCoverage> Timeframes,
    IReadOnlyList<double?>? QualityHistory)
{
    internal static DetailedSymbol From(SymbolStatus status, IEnumerable<SeriesCoverage> coverage, IReadOnlyList<double?>? history) => new(
        Symbol: status.Symbol,
        AssetClass: status.AssetClass,
        Name: status.Name,
        Active: status.Active,
        Exchange: status.Exchange,
        PriceUnit: status.PriceUnit,
        ListingStatus: status.ListingStatus,
        Status: status.Status,
        QualityScore: status.QualityScore,
        ValidationRate: status.ValidationRate,
        DataCompleteness: status.DataCompleteness,
        DataAgeSeconds: status.DataAgeSeconds,
        RecordsAvailable: status.RecordsAvailable,
        LastEnrichmentTime: status.LastEnrichmentTime,
        NextRetryAt: status.NextRetryAt,
        LastError: status.ErrorMessage,
        Timeframes: [.. coverage],
        QualityHistory: history);
}
