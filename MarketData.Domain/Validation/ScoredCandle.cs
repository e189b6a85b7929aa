using MarketData.Domain.Candles;

namespace MarketData.Domain.Validation;

/// <summary>A candle that passed the structural rules, with what the soft ones found.</summary>
/// <param name="Candle">The candle, as traded.</param>
/// <param name="Issues">What was found.</param>
/// <param name="Score">0 to 1: 1 less the penalties of what was found.</param>
public readonly record struct ScoredCandle(Candle Candle, CandleIssues Issues, double Score);
