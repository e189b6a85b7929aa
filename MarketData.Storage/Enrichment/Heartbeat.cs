namespace MarketData.Storage.Enrichment;

/// <summary>What the database knew of a node when its heartbeat was written.</summary>
public sealed record Heartbeat
{
    /// <summary>The server's timeline: greater after each failover.</summary>
    public required int Timeline { get; init; }

    /// <summary>The heartbeat before, UTC by the database's clock; null when the node was not on record.</summary>
    public DateTime? Before { get; init; }

    /// <summary>This one, UTC by the database's clock.</summary>
    public required DateTime Written { get; init; }
}
