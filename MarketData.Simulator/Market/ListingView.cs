namespace MarketData.Simulator.Market;

/// <summary>A listing as <c>/simulator/symbols</c> shows it.</summary>
/// <param name="Symbol">Canonical symbol.</param>
/// <param name="Name">Its name.</param>
/// <param name="AssetClass">stock, etf or crypto; an index counts as a stock.</param>
/// <param name="FirstDay">First day with data.</param>
/// <param name="Polygon">How Polygon writes it; null where it is not served.</param>
/// <param name="Binance">How Binance writes it.</param>
/// <param name="Yahoo">How Yahoo writes it.</param>
/// <param name="Simulated">What of it is invented, in one sentence.</param>
internal sealed record ListingView(
    string Symbol, string Name, string AssetClass, DateOnly FirstDay, string? Polygon, string? Binance, string? Yahoo, string Simulated);
