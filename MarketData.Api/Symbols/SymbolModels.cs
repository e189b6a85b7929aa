using MarketData.Api.Requests;
using MarketData.Storage.Dashboard;
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
