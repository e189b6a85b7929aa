using System.Text.Json;
using Dapper;
using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Storage.Dashboard;

/// <summary>Reads what the health of the whole is judged by.</summary>
public sealed class HealthReader(NpgsqlDataSource database)
{
    private const string Health = $"""
        SELECT paused, {ScheduleStore.NextNightly}, (SELECT count(*) FROM enrichment_nodes WHERE {NodeRegistry.Alive}) AS nodes,
               (SELECT max(heartbeat_at) FROM enrichment_nodes) AS last_heartbeat, now() AS now
        FROM scheduler_state;

        SELECT count(*) FROM enrichment_history WHERE completed_at IS NULL AND NOT EXISTS (SELECT FROM enrichment_nodes WHERE {NodeRegistry.Alive});

        SELECT p.state::text, EXISTS (SELECT FROM enrichment_nodes n WHERE n.node_id = p.node_id AND {NodeRegistry.Alive}), p.updated_at
        FROM provider_state p WHERE p.updated_at > now() - interval '1 day' ORDER BY p.provider, p.node_id;

        SELECT count(*) FILTER (WHERE e.health = 'healthy') AS healthy, count(*) FILTER (WHERE e.health = 'warning') AS warning,
               count(*) FILTER (WHERE e.health = 'delisted') AS delisted,
               count(*) FILTER (WHERE e.health = 'stale') AS stale, count(*) FILTER (WHERE e.health = 'error') AS error,
               count(*) FILTER (WHERE coalesce(e.health, 'pending') = 'pending') AS pending,
               count(*) FILTER (WHERE coalesce(e.health, 'pending') = 'pending' AND coalesce(e.status, '') NOT IN ('queued', 'running', 'retrying')) AS not_begun,
               count(*) FILTER (WHERE e.status = 'retrying') AS retrying
        FROM symbols s LEFT JOIN symbol_status e USING (symbol) WHERE s.active;

        SELECT id, job_id, symbol, completed_at, attempt, error_message, error_advice, trace_id
        FROM enrichment_jobs j
        WHERE status = 'failed' AND NOT EXISTS (SELECT FROM symbol_status e WHERE e.symbol = j.symbol AND e.health = 'delisted')
        ORDER BY id DESC LIMIT 10;

        {CauseSql.Attention};

        {ProviderCheckStore.Last};

        {ClusterReader.BulkFailure};

        {CauseSql.Failed};

        {CauseSql.Waiting};

        {CauseSql.Cancelled};

        {CauseSql.FilledIn};

        {CauseSql.InHand};

        {CauseSql.LastRequests};

        {CauseSql.LastCompletedLongAgo};

        {ProviderIsolationStore.All};
        """;

    /// <summary>Reads it.</summary>
    public async Task<HealthRows> ReadAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var results = await connection.QueryMultipleAsync(Sql.Command("read health", Health, null, cancellation));
        return new(
            Scheduler: await results.ReadSingleAsync<SchedulerRow>(),
            StuckRuns: await results.ReadSingleAsync<long>(),
            Providers: [.. (await results.ReadAsync<(string, bool, DateTime)>()).Select(ToState)],
            Symbols: await results.ReadSingleAsync<SymbolHealth>(),
            RecentFailures: (await results.ReadAsync<FailedJob>()).AsList(),
            Attention: (await results.ReadAsync<AttentionGroup>()).AsList(),
            ProviderCheck: (await results.ReadAsync<(string, DateTime, string)>()).Select(ProviderCheckStore.ToCheck).SingleOrDefault(),
            BulkFailure: await results.ReadSingleOrDefaultAsync<string>(),
            Failed: (await results.ReadAsync<SharedCause>()).AsList(),
            Waiting: (await results.ReadAsync<SharedCause>()).AsList(),
            Cancelled: (await results.ReadAsync<CancelledWork>()).AsList(),
            FilledIn: (await results.ReadAsync<FilledIn>()).AsList(),
            InHand: await results.ReadSingleAsync<WorkInHand>(),
            LastRequests: (await results.ReadAsync<LastRequests>()).AsList(),
            LastCompletedLongAgo: await results.ReadSingleAsync<DateTime?>(),
            Isolations: (await results.ReadAsync<ProviderIsolation>()).AsList());
    }

    /// <summary>Reads how circuits changed, newest first.</summary>
    public async Task<IReadOnlyList<CircuitTransition>> ReadCircuitsAsync(string? provider, int limit, CancellationToken cancellation)
    {
        const string changes = """
            SELECT provider, node_id AS node, from_state, to_state, reason, changed_at FROM provider_circuit_history
            WHERE @provider::text IS NULL OR provider = @provider ORDER BY id DESC LIMIT @limit
            """;
        return await database.QueryAsync<CircuitTransition>("read circuit transitions", changes, new { provider, limit }, cancellation);
    }

    // The document is the node's own; whether the node is alive, and when it reported, are the database's.
    private static ProviderState ToState((string Document, bool NodeAlive, DateTime UpdatedAt) row)
    {
        var state = JsonSerializer.Deserialize(row.Document, ProviderStateJson.Default.ProviderState)!;
        return state with { Resilience = state.Resilience with { NodeAlive = row.NodeAlive, UpdatedAt = row.UpdatedAt } };
    }

    /// <summary>Makes a round trip, to see how long one takes.</summary>
    public async Task PingAsync(CancellationToken cancellation)
    {
        await database.ExecuteScalarAsync<int>("ping database", "SELECT 1", null, cancellation);
    }
}
