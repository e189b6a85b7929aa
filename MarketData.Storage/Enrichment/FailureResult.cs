namespace MarketData.Storage.Enrichment;

/// <summary>What became of a job whose attempt failed.</summary>
/// <param name="Status"><c>retrying</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="EndedRun">The run, when this was its last job.</param>
public sealed record FailureResult(string Status, EndedRun? EndedRun);
