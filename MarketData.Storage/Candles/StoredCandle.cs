using MarketData.Domain.Candles;
using MarketData.Domain.Validation;

namespace MarketData.Storage.Candles;

/// <summary>A candle on record, or to be put there.</summary>
/// <param name="Candle">Its values, as traded.</param>
/// <param name="Source">The provider that gave them.</param>
/// <param name="Issues">What the soft rules found.</param>
/// <param name="Score">0 to 1.</param>
public readonly record struct StoredCandle(Candle Candle, string Source, CandleIssues Issues, double Score);
