using MarketData.Domain.Candles;

namespace MarketData.Simulator.Market;

/// <summary><c>/simulator/symbols</c>: which instruments have a name of their own in the simulated market.</summary>
internal static class MarketApi
{
    /// <summary>Maps the route.</summary>
    public static void MapMarket(this IEndpointRouteBuilder app) => app.MapGet("/simulator/symbols", GetSymbols);

    private static ListingView[] GetSymbols(SimulatedMarket market) => [.. Universe.Named.Select(listing => View(listing, market.Today))];

    private static ListingView View(Listing listing, DateOnly today) => new(
        listing.Symbol.Value,
        listing.Name,
        listing.AssetClass.Name(),
        listing.Venue.Exchange.Mic,
        listing.PriceUnit,
        listing.HistoryFrom,
        listing.LastDay,
        WireSymbols.Write(Provider.Polygon, listing),
        WireSymbols.Write(Provider.Binance, listing),
        WireSymbols.Write(Provider.Coinbase, listing),
        listing.IsDelisted(today) ? null : WireSymbols.Write(Provider.Yahoo, listing),
        WireSymbols.Write(Provider.Alpaca, listing),
        listing.HasTrueHistory
            ? "True daily history until 17 April 2020; simulated after it and within the day."
            : "Simulated throughout; only the first day and the splits are true.");
}
