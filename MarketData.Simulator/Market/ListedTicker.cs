namespace MarketData.Simulator.Market;

/// <summary>A ticker that a company has had, and the first day on which it traded under it.</summary>
internal sealed record ListedTicker(string Ticker, DateOnly Since);
