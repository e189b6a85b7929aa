namespace MarketData.Storage.Dashboard;

/// <summary>A table and what it takes.</summary>
public sealed record TableSize
{
    /// <summary>Its name; partitions and chunks count with their parent.</summary>
    public required string Table { get; init; }

    /// <summary>Rows, as the planner estimates them.</summary>
    public required long RowsEstimated { get; init; }

    /// <summary>Bytes on disk, indexes included.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Partitions or chunks; 0 for an ordinary table.</summary>
    public required int Partitions { get; init; }

    /// <summary>Chunks that are compressed.</summary>
    public required int CompressedPartitions { get; init; }
}
