namespace MarketData.Storage.Dashboard;

/// <summary>What <see cref="OverviewReader"/> reads.</summary>
/// <param name="Scheduler">Scheduler and nodes.</param>
/// <param name="LastEnded">The last run that ended.</param>
/// <param name="Current">A run under way, else one that waits.</param>
/// <param name="Left">What is left of that.</param>
/// <param name="SuccessRate">Symbols enriched ÷ tried, over the last 30 runs.</param>
/// <param name="Symbols">Active symbols, and those of them that were enriched at least once.</param>
/// <param name="AvgEnrichmentTimeSeconds">Mean time worked on a symbol, over the last 500 jobs.</param>
/// <param name="LastDay">The last 24 hours.</param>
/// <param name="Queue">Up to 20 jobs: running first, then the next due.</param>
/// <param name="Depth">How many jobs wait and run.</param>
public sealed record OverviewRows(
    SchedulerRow Scheduler, RunSummary? LastEnded, RunSummary? Current, RunLeft? Left, double? SuccessRate, (long Total, long Enriched) Symbols,
    double? AvgEnrichmentTimeSeconds, DayTotals LastDay, IReadOnlyList<QueuedJob> Queue, (long Waiting, long Running) Depth);

/// <summary>What the last 24 hours brought.</summary>
public sealed record DayTotals
{
    /// <summary>Runs begun.</summary>
    public required long Runs { get; init; }

    /// <summary>Symbols enriched in them.</summary>
    public required long JobsCompleted { get; init; }

    /// <summary>Symbols that failed in them.</summary>
    public required long JobsFailed { get; init; }

    /// <summary>Symbols cancelled in them.</summary>
    public required long JobsCancelled { get; init; }

    /// <summary>Candles fetched.</summary>
    public required long RecordsFetched { get; init; }

    /// <summary>Candles that were new.</summary>
    public required long RecordsInserted { get; init; }
}

/// <summary>A line of the live queue.</summary>
public sealed record QueuedJob
{
    /// <summary>The job's own number.</summary>
    public required long Id { get; init; }

    /// <summary>The run that it belongs to.</summary>
    public required Guid JobId { get; init; }

    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary><c>running</c>, <c>retrying</c> or <c>queued</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Attempts begun.</summary>
    public required int Attempt { get; init; }

    /// <summary>When it may run, UTC.</summary>
    public required DateTime DueAt { get; init; }

    /// <summary>When its first attempt began, UTC.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>While running: <c>fetch</c>, <c>validate</c>, <c>compute</c>, <c>score</c> or <c>store</c>.</summary>
    public string? Step { get; init; }
}
