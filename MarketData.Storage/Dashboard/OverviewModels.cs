namespace MarketData.Storage.Dashboard;

/// <summary>What <see cref="OverviewReader"/> reads.</summary>
public sealed record OverviewRows
{
    /// <summary>Scheduler and nodes.</summary>
    public required SchedulerRow Scheduler { get; init; }

    /// <summary>The last run that ended.</summary>
    public RunSummary? LastEnded { get; init; }

    /// <summary>A run under way, else one that waits.</summary>
    public RunSummary? Current { get; init; }

    /// <summary>Symbols enriched ÷ tried, over the last 30 runs.</summary>
    public double? SuccessRate { get; init; }

    /// <summary>Active symbols.</summary>
    public required SymbolTotals Symbols { get; init; }

    /// <summary>Mean time worked on a symbol, over the last 500 jobs.</summary>
    public double? AvgEnrichmentTimeSeconds { get; init; }

    /// <summary>The last 24 hours.</summary>
    public required DayTotals LastDay { get; init; }

    /// <summary>Up to 20 jobs: running first, then the next due.</summary>
    public required IReadOnlyList<QueuedJob> Queue { get; init; }

    /// <summary>How many jobs wait and run.</summary>
    public required QueueDepth Depth { get; init; }
}

/// <summary>Active symbols.</summary>
public sealed record SymbolTotals
{
    /// <summary>All of them.</summary>
    public required long Total { get; init; }

    /// <summary>Those that were enriched at least once.</summary>
    public required long Enriched { get; init; }
}

/// <summary>What the last 24 hours brought.</summary>
public sealed record DayTotals
{
    /// <summary>Runs begun.</summary>
    public required long Runs { get; init; }

    /// <summary>Symbols enriched in them.</summary>
    public required long JobsCompleted { get; init; }

    /// <summary>Symbols that failed in them.</summary>
    public required long JobsFailed { get; init; }

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

/// <summary>Jobs that are not done.</summary>
public sealed record QueueDepth
{
    /// <summary>Those that wait, retries included.</summary>
    public required long Waiting { get; init; }

    /// <summary>Those being worked on.</summary>
    public required long Running { get; init; }
}
