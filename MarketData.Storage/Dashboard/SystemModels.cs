namespace MarketData.Storage.Dashboard;

/// <summary>What <see cref="SystemReader.ReadSystemAsync"/> reads.</summary>
/// <param name="Database">The database.</param>
/// <param name="Tables">The largest tables, largest first.</param>
/// <param name="Nodes">Nodes seen within a day.</param>
public sealed record SystemRows(DatabaseInfo Database, IReadOnlyList<TableSize> Tables, IReadOnlyList<NodeState> Nodes);

/// <summary>What <see cref="SystemReader.ReadStatusAsync"/> reads.</summary>
/// <param name="Database">The database.</param>
/// <param name="Scheduler">The scheduler and its nodes.</param>
/// <param name="Symbols">Symbols in all.</param>
/// <param name="ActiveSymbols">Those that are enriched.</param>
/// <param name="DataAgeSeconds">Seconds since the newest candle opened; null when there is none.</param>
public sealed record StatusRows(DatabaseInfo Database, SchedulerRow Scheduler, long Symbols, long ActiveSymbols, double? DataAgeSeconds);

/// <summary>The database server and what it holds.</summary>
public sealed record DatabaseInfo
{
    /// <summary>Product and version, such as <c>PostgreSQL 17.2</c>.</summary>
    public required string Engine { get; init; }

    /// <summary>TimescaleDB's version; null without it.</summary>
    public string? Timescaledb { get; init; }

    /// <summary>Bytes on disk.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Candles stored.</summary>
    public required long Candles { get; init; }
}

/// <summary>A table and what it takes.</summary>
public sealed record TableSize
{
    /// <summary>Its name; partitions and chunks count with their parent.</summary>
    public required string Table { get; init; }

    /// <summary>Rows, as the planner estimates them, or what was inserted until it knows; -1 while nothing is known.</summary>
    public required long RowsEstimated { get; init; }

    /// <summary>Bytes on disk, indexes included.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Partitions or chunks; 0 for an ordinary table.</summary>
    public required int Partitions { get; init; }

    /// <summary>Chunks that are compressed.</summary>
    public required int CompressedPartitions { get; init; }
}

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
