namespace MarketData.Simulator.Market;

/// <summary>A listing as <c>/simulator/symbols</c> shows it.</summary>
/// <param name="Symbol">Canonical symbol.</param>
/// <param name="Name">Its name.</param>
/// <param name="AssetClass">stock, etf, index, fx or crypto.</param>
/// <param name="Exchange">Code of its exchange; 24/5 for currency pairs, 24/7 for coins.</param>
/// <param name="PriceUnit">What a price of 1 means.</param>
/// <param name="FirstDay">First day with data.</param>
/// <param name="LastDay">Last day of trading; null while it is listed.</param>
/// <param name="Polygon">How Polygon writes it; null where it is not served.</param>
/// <param name="Binance">How Binance writes it.</param>
/// <param name="Coinbase">How Coinbase writes it.</param>
/// <param name="Yahoo">How Yahoo writes it.</param>
/// <param name="Alpaca">How Alpaca writes it.</param>
/// <param name="Simulated">What of it is invented, in one sentence.</param>
internal sealed record ListingView(
    string Symbol, string Name, string AssetClass, string Exchange, string PriceUnit, DateOnly FirstDay, DateOnly? LastDay, string? Polygon, string? Binance,
    string? Coinbase, string? Yahoo, string? Alpaca, string Simulated);
