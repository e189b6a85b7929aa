namespace MarketData.Simulator;

/// <summary>The services that are simulated.</summary>
internal enum Provider
{
    Polygon,
    Binance,
    BinanceFutures,
    Yahoo,
    Coinbase,
    Alpaca,
}
