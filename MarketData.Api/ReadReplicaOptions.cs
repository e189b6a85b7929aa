namespace MarketData.Api;

/// <summary>When reads go to the replica in <c>ConnectionStrings:marketdata-read</c>. Section <c>Api:ReadReplica</c>.</summary>
public sealed class ReadReplicaOptions
{
    /// <summary>Seconds that it may be behind the primary; further behind, the primary is read. 1 to 86,400, default 30.</summary>
    [Range(1, 86_400, ErrorMessage = "must be from {1} to {2}.")]
    public int MaxLagSeconds { get; set; } = 30;
}
