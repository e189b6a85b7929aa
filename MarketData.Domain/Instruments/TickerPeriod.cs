namespace MarketData.Domain.Instruments;

/// <summary>A range within which a provider calls a symbol by one name.</summary>
/// <param name="Ticker">The name.</param>
/// <param name="From">Start, UTC, inclusive.</param>
/// <param name="To">End, UTC, exclusive.</param>
public readonly record struct TickerPeriod(string Ticker, DateTime From, DateTime To);
