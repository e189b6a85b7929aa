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
