namespace MarketData.Storage.Enrichment;

/// <summary>Whether a job could end.</summary>
/// <param name="IsDone">Whether it is ended now.</param>
/// <param name="Timeframes">The intervals it must cover by now; more than were worked through when somebody joined meanwhile.</param>
/// <param name="EndedRun">The run, when this was its last job.</param>
public sealed record CompletionResult(bool IsDone, IReadOnlyList<string> Timeframes, EndedRun? EndedRun);
