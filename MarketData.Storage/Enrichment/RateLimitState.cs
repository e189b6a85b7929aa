namespace MarketData.Storage.Enrichment;

/// <summary>A token bucket.</summary>
public sealed record RateLimitState
{
    /// <summary>Calls allowed a minute.</summary>
    public required int LimitPerMinute { get; init; }

    /// <summary>Calls allowed at once.</summary>
    public required int Burst { get; init; }

    /// <summary>Calls that may be made now.</summary>
    public required double Available { get; init; }

    /// <summary>Calls that wait.</summary>
    public required int Queued { get; init; }

    /// <summary>Calls refused since the node started.</summary>
    public required long RejectionsTotal { get; init; }
}
