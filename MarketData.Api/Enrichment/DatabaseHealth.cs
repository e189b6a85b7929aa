namespace MarketData.Api.Enrichment;

/// <summary>The state of the database.</summary>
public sealed record DatabaseHealth
{
    /// <summary><c>healthy</c>: it answered.</summary>
    public required string Status { get; init; }

    /// <summary>How long a round trip to it took, milliseconds.</summary>
    public required double LatencyMs { get; init; }
}
