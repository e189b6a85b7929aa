namespace MarketData.Storage.Enrichment;

/// <summary>A run whose last job has just ended.</summary>
/// <param name="JobId">The run.</param>
/// <param name="Trigger">Why it existed.</param>
/// <param name="Status"><c>completed</c>, <c>partial</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="DurationSeconds">From the first claim to the end, seconds.</param>
public sealed record EndedRun(Guid JobId, string Trigger, string Status, double DurationSeconds);
