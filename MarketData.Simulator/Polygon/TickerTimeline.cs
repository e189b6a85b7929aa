using MarketData.Simulator.Market;

namespace MarketData.Simulator.Polygon;

/// <summary>
/// Whom Polygon means by a ticker: what was traded under one is served under no other, and of two companies that have had it one after another
/// each for its own days.
/// </summary>
internal static class TickerTimeline
{
    /// <summary>The companies that have had a ticker, in the order in which they had it; none when nobody has.</summary>
    public static IReadOnlyList<PriceHistory> Companies(SimulatedMarket market, string ticker)
    {
        List<PriceHistory> companies = [];
        foreach (var former in Universe.Named.Where(listing => Since(listing, ticker) is not null).OrderBy(listing => Since(listing, ticker)))
        {
            if (market.TryFind(former.Symbol, out var history))
            {
                companies.Add(history);
            }
        }

        if (market.TryFind(Provider.Polygon, ticker, out var own) && own.Listing.Tickers.Count == 0)
        {
            companies.Add(own);
        }

        return companies;
    }

    /// <summary>Whether a company went by a ticker on a day.</summary>
    public static bool IsServed(Listing listing, string ticker, DateOnly day) =>
        listing.Tickers.Count == 0 || listing.Tickers.LastOrDefault(change => change.Since <= day)?.Ticker == ticker;

    private static DateOnly? Since(Listing listing, string ticker) => listing.Tickers.LastOrDefault(change => change.Ticker == ticker)?.Since;
}
