namespace MarketData.Storage.Dashboard;

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
