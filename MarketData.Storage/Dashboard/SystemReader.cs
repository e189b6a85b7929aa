using Dapper;
using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Storage.Dashboard;

/// <summary>Reads the database's own state, and the nodes.</summary>
public sealed class SystemReader(NpgsqlDataSource database)
{
    private const string Database = """
        SELECT 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1) AS engine,
               (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb') AS timescaledb,
               pg_database_size(current_database()) AS size_bytes,
               (SELECT coalesce(sum(records), 0)::bigint FROM series) AS candles
        """;

    // A partition counts with its topmost parent; TimescaleDB's chunks are children of their hypertable just the same. Until a table is analyzed
    // the planner knows of no rows in it, and the statistics of what was inserted do; -1 where neither knows.
    private const string Tables = """
        WITH RECURSIVE family AS (
            SELECT c.oid AS root, c.oid AS member FROM pg_class c
            WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
              AND NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid)
            UNION ALL
            SELECT f.root, i.inhrelid FROM family f JOIN pg_inherits i ON i.inhparent = f.member)
        SELECT r.relname::text AS "table",
               CASE WHEN sum(e.rows) = 0 AND sum(pg_relation_size(m.oid)) > 0 THEN -1 ELSE sum(e.rows) END::bigint AS rows_estimated,
               sum(pg_total_relation_size(m.oid))::bigint AS size_bytes, count(*) FILTER (WHERE m.oid <> r.oid AND m.relkind = 'r')::int AS partitions,
               0 AS compressed_partitions
        FROM family f JOIN pg_class r ON r.oid = f.root JOIN pg_class m ON m.oid = f.member
        CROSS JOIN LATERAL (
            SELECT CASE WHEN m.relkind <> 'r' THEN 0 WHEN m.reltuples > 0 THEN m.reltuples ELSE pg_stat_get_live_tuples(m.oid) END AS rows) e
        GROUP BY r.oid, r.relname ORDER BY 3 DESC LIMIT 30
        """;

    private const string CompressedChunks = """
        SELECT hypertable_name::text AS "table", count(*) FILTER (WHERE is_compressed)::int AS compressed
        FROM timescaledb_information.chunks GROUP BY 1
        """;

    private const string Nodes = $"""
        SELECT node_id, host, process_id, version, concurrency, running, started_at, heartbeat_at, stopped_at, {NodeRegistry.Alive} AS alive
        FROM enrichment_nodes WHERE heartbeat_at > now() - interval '1 day' ORDER BY heartbeat_at DESC
        """;

    private const string Status = $"""
        {Database};
        SELECT paused, {ScheduleStore.NextNightly}, (SELECT count(*) FROM enrichment_nodes WHERE {NodeRegistry.Alive}) AS nodes,
               (SELECT max(heartbeat_at) FROM enrichment_nodes) AS last_heartbeat,
               (SELECT max(coalesce(started_at, created_at)) FROM (
                   SELECT started_at, created_at FROM enrichment_history ORDER BY created_at DESC, job_id DESC LIMIT 1) newest) AS last_run,
               now() AS now
        FROM scheduler_state;
        SELECT count(*) AS total, count(*) FILTER (WHERE active) AS active FROM symbols;
        SELECT extract(epoch FROM now() - max(last_ts))::float8 FROM series;
        """;

    /// <summary>Reads the service's state in a few lines.</summary>
    public async Task<StatusRows> ReadStatusAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var results = await connection.QueryMultipleAsync(Sql.Command("read system status", Status, null, cancellation));
        var info = await results.ReadSingleAsync<DatabaseInfo>();
        var scheduler = await results.ReadSingleAsync<SchedulerRow>();
        var (total, active) = await results.ReadSingleAsync<(long Total, long Active)>();
        return new(info, scheduler, total, active, await results.ReadSingleAsync<double?>());
    }

    /// <summary>Reads database, tables and nodes in detail.</summary>
    public async Task<SystemRows> ReadSystemAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var info = await connection.QuerySingleAsync<DatabaseInfo>(Sql.Command("read database info", Database, null, cancellation));
        var tables = (await connection.QueryAsync<TableSize>(Sql.Command("read table sizes", Tables, null, cancellation))).AsList();
        if (info.Timescaledb is not null)
        {
            var chunks = await connection.QueryAsync<(string Table, int Compressed)>(
                Sql.Command("read compressed chunks", CompressedChunks, null, cancellation));
            var compressed = chunks.ToDictionary(row => row.Table, row => row.Compressed);
            tables = [.. tables.Select(table => table with { CompressedPartitions = compressed.GetValueOrDefault(table.Table) })];
        }

        var nodes = (await connection.QueryAsync<NodeState>(Sql.Command("read nodes", Nodes, null, cancellation))).AsList();
        return new(info, tables, nodes);
    }
}
