using System.Text.Json.Serialization;
using MarketData.Storage.Dashboard;

namespace MarketData.Api.Enrichment;

/// <summary>The state of enrichment at a glance.</summary>
public sealed record Overview
{
    /// <summary><c>running</c>, <c>paused</c>, or <c>stopped</c>: no live node.</summary>
    public required string SchedulerStatus { get; init; }

    /// <summary>When the last run began, UTC.</summary>
    public DateTime? LastRun { get; init; }

    /// <summary>When the next nightly run is due, UTC.</summary>
    public DateTime? NextRun { get; init; }

    /// <summary>The last run that ended.</summary>
    public RunSummary? LastRunResult { get; init; }

    /// <summary>The run that is under way.</summary>
    public RunProgress? CurrentRun { get; init; }

    /// <summary>Symbols enriched ÷ symbols tried over the last 30 runs, 0 to 1; null when there was no run.</summary>
    public double? SuccessRate { get; init; }

    /// <summary>Active symbols that have been enriched at least once.</summary>
    public required long SymbolsEnriched { get; init; }

    /// <summary>Active symbols.</summary>
    public required long TotalSymbols { get; init; }

    /// <summary>Mean time worked on a symbol over the last 500 jobs.</summary>
    public double? AvgEnrichmentTimeSeconds { get; init; }

    /// <summary>What the last 24 hours brought.</summary>
    [JsonPropertyName("last_24h")]
    public required DayTotals Last24h { get; init; }

    /// <summary>Up to 20 jobs: running first, then the next due.</summary>
    public required IReadOnlyList<QueuedJob> JobQueue { get; init; }

    /// <summary>Jobs that wait, retries included.</summary>
    public required long QueueDepth { get; init; }

    /// <summary>Jobs being worked on.</summary>
    public required long Running { get; init; }

    /// <summary>Live enrichment nodes.</summary>
    public required long Nodes { get; init; }

    internal static Overview From(OverviewRows rows) => new()
    {
        SchedulerStatus = rows.Scheduler.Status,
        LastRun = rows.Scheduler.LastRun,
        NextRun = rows.Scheduler.NextRun,
        LastRunResult = rows.LastEnded,
        CurrentRun = rows.Current is { } current ? RunProgress.Of(current, rows.Scheduler.Now) : null,
        SuccessRate = rows.SuccessRate,
        SymbolsEnriched = rows.Symbols.Enriched,
        TotalSymbols = rows.Symbols.Total,
        AvgEnrichmentTimeSeconds = rows.AvgEnrichmentTimeSeconds,
        Last24h = rows.LastDay,
        JobQueue = rows.Queue,
        QueueDepth = rows.Depth.Waiting,
        Running = rows.Depth.Running,
        Nodes = rows.Scheduler.Nodes,
    };
}
