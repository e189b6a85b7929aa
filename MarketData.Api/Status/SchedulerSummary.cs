namespace MarketData.Api.Status;

/// <summary>The scheduler in a few words.</summary>
public sealed record SchedulerSummary
{
    /// <summary><c>running</c>, <c>paused</c>, or <c>stopped</c>: no live node.</summary>
    public required string Status { get; init; }

    /// <summary>Live enrichment nodes.</summary>
    public required long Nodes { get; init; }

    /// <summary>When the last run began, UTC.</summary>
    public DateTime? LastRun { get; init; }

    /// <summary>When the next nightly run is due, UTC.</summary>
    public DateTime? NextRun { get; init; }
}
