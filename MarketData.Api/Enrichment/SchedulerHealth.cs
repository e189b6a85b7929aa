namespace MarketData.Api.Enrichment;

/// <summary>The state of the scheduler.</summary>
public sealed record SchedulerHealth
{
    /// <summary><c>running</c>, <c>paused</c>, or <c>stopped</c>: no live node.</summary>
    public required string Status { get; init; }

    /// <summary>Live enrichment nodes.</summary>
    public required long NodesAlive { get; init; }

    /// <summary>The latest sign of life of any node, UTC.</summary>
    public DateTime? LastHeartbeat { get; init; }

    /// <summary>When the next nightly run is due, UTC.</summary>
    public DateTime? NextRun { get; init; }

    /// <summary>Runs that are open though no node lives.</summary>
    public required long StuckRuns { get; init; }
}
