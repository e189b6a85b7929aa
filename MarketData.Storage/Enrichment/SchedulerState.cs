namespace MarketData.Storage.Enrichment;

/// <summary>What the whole cluster was told.</summary>
public sealed record SchedulerState
{
    /// <summary>Whether no new symbol job begins.</summary>
    public required bool Paused { get; init; }

    /// <summary>Since when, UTC.</summary>
    public required DateTime ChangedAt { get; init; }

    /// <summary>Who paused or resumed last; null when nobody ever did.</summary>
    public string? ChangedBy { get; init; }

    /// <summary>When the nightly run is next due, UTC; null when no node has scheduled it yet.</summary>
    public DateTime? NextRun { get; init; }
}
