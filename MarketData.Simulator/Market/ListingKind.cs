namespace MarketData.Simulator.Market;

/// <summary>What is listed; it decides providers, trading outside regular hours and how many decimals a price has.</summary>
internal enum ListingKind
{
    Stock,
    Etf,
    Index,
    Currency,
    Crypto,
}
