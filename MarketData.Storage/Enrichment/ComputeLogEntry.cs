namespace MarketData.Storage.Enrichment;

/// <summary>One computation of features: a row of <c>enrichment_compute_log</c>.</summary>
/// <param name="ComputeType">Which part of the catalogue was computed.</param>
/// <param name="FeaturesComputed">Values that came out, those that are null not counted.</param>
/// <param name="Duration">Time it took.</param>
public sealed record ComputeLogEntry(string ComputeType, int FeaturesComputed, TimeSpan Duration);
