using Dapper;
using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>
/// Who works: every node's entry and its heartbeat. A node is live while its heartbeat is recent by the database's clock.
/// </summary>
public sealed class NodeRegistry(NpgsqlDataSource database)
{
    /// <summary>The condition for a live node: a heartbeat within 30 seconds by the database's clock, and no orderly stop since.</summary>
    internal const string Alive = "heartbeat_at > now() - interval '30 seconds' AND stopped_at IS NULL";

    /// <summary>Enters the node, or its new start.</summary>
    public async Task EnterAsync(string node, string host, int processId, string version, int concurrency, CancellationToken cancellation)
    {
        const string enter = """
            INSERT INTO enrichment_nodes (node_id, host, process_id, version, concurrency)
            VALUES (@node, @host, @processId, @version, @concurrency)
            ON CONFLICT (node_id) DO UPDATE SET heartbeat_at = now(), stopped_at = NULL
            """;
        await database.ExecuteAsync("enter node", enter, new { node, host, processId, version, concurrency }, cancellation);
    }

    /// <summary>Says that the node lives, on a connection of the caller's that nothing else uses.</summary>
    public static Task BeatAsync(NpgsqlConnection connection, string node, int running, CancellationToken cancellation)
    {
        const string beat = "UPDATE enrichment_nodes SET heartbeat_at = clock_timestamp(), running = @running WHERE node_id = @node";
        return connection.ExecuteAsync(Sql.Command("write heartbeat", beat, new { node, running }, cancellation));
    }

    /// <summary>Says that the node has stopped in good order.</summary>
    public async Task LeaveAsync(string node, CancellationToken cancellation)
    {
        const string leave = "UPDATE enrichment_nodes SET stopped_at = now(), running = 0 WHERE node_id = @node";
        await database.ExecuteAsync("leave cluster", leave, new { node }, cancellation);
    }
}
