namespace MarketData.Storage.Dashboard;

/// <summary>The scheduler and the nodes that serve it.</summary>
public sealed record SchedulerRow
{
    /// <summary>Whether new jobs are held back.</summary>
    public required bool Paused { get; init; }

    /// <summary>When the next nightly run is due, UTC.</summary>
    public DateTime? NextRun { get; init; }

    /// <summary>Live nodes.</summary>
    public required long Nodes { get; init; }

    /// <summary>The latest sign of life of any node, UTC.</summary>
    public DateTime? LastHeartbeat { get; init; }

    /// <summary>When the last run began, UTC.</summary>
    public DateTime? LastRun { get; init; }

    /// <summary>The database's clock, UTC.</summary>
    public required DateTime Now { get; init; }

    /// <summary><c>stopped</c> without a live node, else <c>paused</c> or <c>running</c>.</summary>
    public string Status => Nodes == 0 ? "stopped" : Paused ? "paused" : "running";
}
