namespace MarketData.Api.Enrichment;

/// <summary>What the cluster was told.</summary>
public sealed record SchedulerState
{
    /// <summary><c>running</c> or <c>paused</c>.</summary>
    public required string SchedulerStatus { get; init; }

    /// <summary>Whether new jobs are held back.</summary>
    public required bool Paused { get; init; }

    /// <summary>Since when, UTC.</summary>
    public required DateTime ChangedAt { get; init; }

    /// <summary>By whom.</summary>
    public string? ChangedBy { get; init; }

    /// <summary>When the next nightly run is due, UTC.</summary>
    public DateTime? NextRun { get; init; }

    internal static SchedulerState From(Storage.Enrichment.SchedulerState state) => new()
    {
        SchedulerStatus = state.Paused ? "paused" : "running",
        Paused = state.Paused,
        ChangedAt = state.ChangedAt,
        ChangedBy = state.ChangedBy,
        NextRun = state.NextRun,
    };
}
