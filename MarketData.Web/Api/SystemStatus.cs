namespace MarketData.Web.Api;

/// <summary>Database, tables and nodes in detail.</summary>
public sealed record SystemInfo(
    string Version, string Runtime, double UptimeSeconds, int EventListeners, DatabaseInfo Database, IReadOnlyList<TableSize> Tables,
    IReadOnlyList<NodeState> Nodes);

/// <summary>The database server and what it holds.</summary>
public sealed record DatabaseInfo(string Engine, string? Timescaledb, long SizeBytes, long Candles);

/// <summary>A table's size on disk.</summary>
public sealed record TableSize(string Table, long RowsEstimated, long SizeBytes, int Partitions, int CompressedPartitions);

/// <summary>An enrichment instance.</summary>
public sealed record NodeState(
    string NodeId, string Host, int ProcessId, string Version, int Concurrency, int Running, DateTimeOffset StartedAt,
    DateTimeOffset HeartbeatAt, DateTimeOffset? StoppedAt, bool Alive);
