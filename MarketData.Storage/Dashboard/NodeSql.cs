namespace MarketData.Storage.Dashboard;

/// <summary>What makes a node count as alive.</summary>
internal static class NodeSql
{
    /// <summary>A sign of life within 30 seconds by the database's clock, and no orderly stop since.</summary>
    public const string Alive = "heartbeat_at > now() - interval '30 seconds' AND stopped_at IS NULL";
}
