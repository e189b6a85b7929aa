using MarketData.Api.Requests;
using MarketData.Api.Watchlists;
using MarketData.Domain.Candles;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Historical;

/// <summary>Of which symbols to give candles.</summary>
public sealed record SymbolSelection(
    [property: FromQuery(Name = "symbols"), Description("The symbols, in any case, separated by commas or repeated; up to 500.")] Symbol[]? Symbols,
    [property: FromQuery(Name = "asset_class"), AssetClass, Description("All symbols of this class, in the place of `symbols`.")] string? AssetClass,
    [property: WatchlistName, Description(WatchlistChoice.Description)] string? Watchlist);
