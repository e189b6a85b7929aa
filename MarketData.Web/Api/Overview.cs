namespace MarketData.Web.Api;

/// <summary>The state of enrichment at a glance.</summary>
public sealed record Overview(
    string SchedulerStatus, DateTimeOffset? LastRun, DateTimeOffset? NextRun, Run? LastRunResult, RunProgress? CurrentRun,
    double? SuccessRate, long SymbolsEnriched, long TotalSymbols, double? AvgEnrichmentTimeSeconds,
    [property: System.Text.Json.Serialization.JsonPropertyName("last_24h")] DayTotals Last24h,
    IReadOnlyList<QueuedJob> JobQueue, long QueueDepth, long Running, long Nodes);

/// <summary>What the last 24 hours brought.</summary>
public sealed record DayTotals(long Runs, long JobsCompleted, long JobsFailed, long RecordsFetched, long RecordsInserted);

/// <summary>How far a run has got.</summary>
public sealed record RunProgress(
    Guid JobId, string Trigger, DateTimeOffset? StartedAt, int Done, int Total, double? SymbolsPerMinute, DateTimeOffset? EstimatedCompletion)
{
    /// <summary>The share of its symbols that are done, 0 to 1.</summary>
    public double Share => Total > 0 ? (double)Done / Total : 0;
}

/// <summary>A job that runs or waits.</summary>
public sealed record QueuedJob(
    long Id, Guid JobId, string Symbol, string Status, int Attempt, DateTimeOffset DueAt, DateTimeOffset? StartedAt, string? Step);
