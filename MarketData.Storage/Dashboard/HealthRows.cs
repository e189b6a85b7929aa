using MarketData.Storage.Enrichment;

namespace MarketData.Storage.Dashboard;

/// <summary>What <see cref="HealthReader"/> reads.</summary>
public sealed record HealthRows
{
    /// <summary>Scheduler and nodes.</summary>
    public required SchedulerRow Scheduler { get; init; }

    /// <summary>Runs that are open though no node lives.</summary>
    public required long StuckRuns { get; init; }

    /// <summary>Each provider on each node that reported within a day.</summary>
    public required IReadOnlyList<ProviderState> Providers { get; init; }

    /// <summary>Active symbols by state of health.</summary>
    public required SymbolHealth Symbols { get; init; }

    /// <summary>The last ten that failed for good.</summary>
    public required IReadOnlyList<FailedJob> RecentFailures { get; init; }
}
