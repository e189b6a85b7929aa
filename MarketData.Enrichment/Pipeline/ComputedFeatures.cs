using MarketData.Domain.Features;
using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Pipeline;

/// <summary>Features, and where to go on from.</summary>
/// <param name="Table">The values.</param>
/// <param name="State">The engine's state as of <paramref name="StateTs"/>; null while the series is too short to have one worth keeping.</param>
/// <param name="StateTs">Opening instant of the last candle in <paramref name="State"/>, UTC.</param>
/// <param name="Log">What is put on record about the computation.</param>
internal sealed record ComputedFeatures(FeatureTable Table, byte[]? State, DateTime? StateTs, ComputeLogEntry Log);
