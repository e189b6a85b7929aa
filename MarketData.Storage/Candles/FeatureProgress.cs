namespace MarketData.Storage.Candles;

/// <summary>What a computation leaves behind: where to go on from, and the newest values.</summary>
/// <param name="Epoch">The series' <see cref="Candles.SeriesState.FeatureEpoch"/> that it began from: after another one it is not stored.</param>
/// <param name="Checkpoints">Checkpoints, those of one kind in order of time.</param>
/// <param name="Latest">The features of the newest candle; null when there is none.</param>
public sealed record FeatureProgress(long Epoch, IReadOnlyList<FeatureCheckpoint> Checkpoints, LatestFeatures? Latest);
