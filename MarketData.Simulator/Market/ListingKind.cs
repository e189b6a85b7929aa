namespace MarketData.Simulator.Market;

/// <summary>What is listed; it decides hours, providers and how many decimals a price has.</summary>
internal enum ListingKind
{
    Stock,
    Etf,
    Index,
    Crypto,
}
