namespace MarketData.Storage.Enrichment;

/// <summary>The cluster at one moment, for its gauges.</summary>
public sealed record ClusterSnapshot
{
    /// <summary>Jobs that wait, due or not.</summary>
    public required long JobsQueued { get; init; }

    /// <summary>Nodes whose heartbeat is recent.</summary>
    public required long NodesLive { get; init; }

    /// <summary>Whether no new job begins.</summary>
    public required bool Paused { get; init; }

    /// <summary>When the nightly run is next due, UTC.</summary>
    public DateTime? NextRun { get; init; }

    /// <summary>When a run last ended with at least one success, UTC.</summary>
    public DateTime? LastCompletedRun { get; init; }

    /// <summary>Active symbols by health: <c>pending</c>, <c>healthy</c>, <c>warning</c>, <c>stale</c>, <c>error</c>.</summary>
    public IReadOnlyList<HealthCount> Symbols { get; init; } = [];

    /// <summary>Every series of an active symbol.</summary>
    public IReadOnlyList<SeriesGauge> Series { get; init; } = [];
}
