using MarketData.Domain.Features;

namespace MarketData.Storage.Candles;

/// <summary>The features of a series' newest candle: a row of <c>latest_features</c>.</summary>
/// <param name="Ts">Opening instant of the candle, UTC.</param>
/// <param name="Values">A value for each feature that the series has; NaN for null.</param>
public sealed record LatestFeatures(DateTime Ts, IReadOnlyList<(Feature Feature, double Value)> Values);
