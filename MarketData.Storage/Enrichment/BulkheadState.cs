namespace MarketData.Storage.Enrichment;

/// <summary>A limit on concurrent calls.</summary>
public sealed record BulkheadState
{
    /// <summary>Calls allowed at a time.</summary>
    public required int Limit { get; init; }

    /// <summary>Calls under way.</summary>
    public required int Active { get; init; }

    /// <summary>Calls that wait for a place.</summary>
    public required int Queued { get; init; }

    /// <summary>Calls refused since the node started.</summary>
    public required long RejectionsTotal { get; init; }
}
