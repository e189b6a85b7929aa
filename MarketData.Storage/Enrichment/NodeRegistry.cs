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

    private const string Insert = """
        INSERT INTO enrichment_nodes (node_id, host, process_id, version, concurrency, running)
        VALUES (@Node, @Host, @ProcessId, @Version, @Concurrency, @running)
        ON CONFLICT (node_id)
        """;

    /// <summary>Enters the node, or its new start.</summary>
    public async Task EnterAsync(NodeEntry entry, CancellationToken cancellation)
    {
        const string enter = $"{Insert} DO UPDATE SET heartbeat_at = now(), stopped_at = NULL";
        await database.ExecuteAsync("enter node", enter, Arguments(entry, 0), cancellation);
    }

    /// <summary>
    /// Says that the node lives, on a connection of the caller's that nothing else uses. A node whose entry is gone, since it was suspended or cut
    /// off for longer than entries are kept, or since a replica without it has taken over, is entered anew.
    /// </summary>
    public static Task<Heartbeat> BeatAsync(NpgsqlConnection connection, NodeEntry entry, int running, CancellationToken cancellation)
    {
        const string beat = $"""
            WITH before AS (SELECT heartbeat_at FROM enrichment_nodes WHERE node_id = @Node),
            beaten AS ({Insert} DO UPDATE SET heartbeat_at = clock_timestamp(), running = excluded.running RETURNING heartbeat_at)
            SELECT {ServerTimeline.Current} AS timeline, b.heartbeat_at AS before, n.heartbeat_at AS written
            FROM beaten n LEFT JOIN before b ON true
            """;
        return connection.QuerySingleAsync<Heartbeat>(Sql.Command("write heartbeat", beat, Arguments(entry, running), cancellation));
    }

    /// <summary>Says that the node has stopped in good order.</summary>
    public async Task LeaveAsync(string node, CancellationToken cancellation)
    {
        const string leave = "UPDATE enrichment_nodes SET stopped_at = now(), running = 0 WHERE node_id = @node";
        await database.ExecuteAsync("leave cluster", leave, new { node }, cancellation);
    }

    private static object Arguments(NodeEntry entry, int running)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return new { entry.Node, entry.Host, entry.ProcessId, entry.Version, entry.Concurrency, running };
    }
}
