using MarketData.Domain.Validation;

namespace MarketData.Domain.Quality;

/// <summary>Below what a series is worth a warning.</summary>
/// <param name="MinimumScore">Least quality score, 0 to 1; also the score from which a candle counts as validated.</param>
/// <param name="MinimumCompleteness">Least share of the expected candles, 0 to 1.</param>
public sealed record QualityThresholds(double MinimumScore = ValidationRules.DefaultMinimumScore, double MinimumCompleteness = 0.95);
