namespace MarketData.Storage.Dashboard;

/// <summary>An enrichment instance.</summary>
public sealed record NodeState
{
    /// <summary>Its id.</summary>
    public required string NodeId { get; init; }

    /// <summary>The machine.</summary>
    public required string Host { get; init; }

    /// <summary>The process.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>Jobs that it works on at most.</summary>
    public required int Concurrency { get; init; }

    /// <summary>Jobs that it works on now.</summary>
    public required int Running { get; init; }

    /// <summary>When it started, UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>When it last gave a sign of life, UTC.</summary>
    public required DateTime HeartbeatAt { get; init; }

    /// <summary>When it stopped in order, UTC.</summary>
    public DateTime? StoppedAt { get; init; }

    /// <summary>Whether it gave a sign of life within 30 seconds and has not stopped.</summary>
    public required bool Alive { get; init; }
}
