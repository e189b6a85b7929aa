using MarketData.Domain.Candles;

namespace MarketData.Storage.Imports;

/// <summary>A row of a table of candles of the predecessor.</summary>
/// <param name="Symbol">The symbol, as it stands there.</param>
/// <param name="Timeframe">The interval, as it stands there.</param>
/// <param name="Candle">The candle, with the instant that stands there, UTC.</param>
public readonly record struct PredecessorRow(string Symbol, string Timeframe, Candle Candle);
