using Dapper;
using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>
/// Forgets records of past work, in portions small enough to disturb nobody. Candles and their history are never touched. docs/retention.md says
/// of every table what ends it.
/// </summary>
public sealed class RetentionStore(NpgsqlDataSource database)
{
    private const int Portion = 10_000;

    private const string OldRuns = """
        completed_at < now() - @age AND job_id <> (SELECT job_id FROM enrichment_history ORDER BY created_at DESC LIMIT 1)
        """;

    // With its deliveries and their attempts.
    private const string NotPending = """
        created_at < now() - @age
        AND NOT EXISTS (SELECT FROM notification_deliveries d WHERE d.message_id = notification_messages.id AND d.status = 'pending')
        """;

    // A completed one is of no use but to show that there was one, for which the newest of its series does. One that was cancelled, or can't be done,
    // goes before its job, without which it would look like one to be gone on with.
    private const string EndedBackfill = $"""
        status = 'completed' AND updated_at < now() - @age AND EXISTS (
            SELECT FROM backfill_state n
            WHERE n.symbol = backfill_state.symbol AND n.timeframe = backfill_state.timeframe AND n.updated_at > backfill_state.updated_at)
        OR job_id IN (SELECT job_id FROM enrichment_history WHERE {OldRuns}) AND EXISTS (
            SELECT FROM enrichment_jobs j WHERE j.job_id = backfill_state.job_id AND j.symbol = backfill_state.symbol AND {BackfillStore.HasEnded})
        """;

    private const string RejectsBeyondTheMost = """
        id IN (
            SELECT id FROM (
                SELECT id, row_number() OVER (PARTITION BY symbol, timeframe ORDER BY last_seen_at DESC, id DESC) AS place FROM rejected_candles) r
            WHERE place > @most)
        """;

    private static readonly TimeSpan PortionTimeout = TimeSpan.FromMinutes(10);

    /// <summary>Forgets events of the live stream older than <paramref name="age"/>, and answers kept for repeated requests.</summary>
    /// <returns>How many rows went.</returns>
    public async Task<long> PruneEventsAsync(TimeSpan age, CancellationToken cancellation) =>
        await PruneAsync("events", "id", "created_at < now() - @age", age, cancellation)
        + await PruneAsync("idempotency_keys", "ctid", "created_at < now() - interval '24 hours'", age, cancellation);

    /// <summary>
    /// Forgets lines of the fetch, compute and job logs, requests to providers and their counts, and circuit transitions, older than
    /// <paramref name="age"/>.
    /// </summary>
    /// <returns>How many rows went.</returns>
    public async Task<long> PruneLogsAsync(TimeSpan age, CancellationToken cancellation) =>
        await PruneAsync("enrichment_fetch_log", "id", "created_at < now() - @age", age, cancellation)
        + await PruneAsync("enrichment_compute_log", "id", "created_at < now() - @age", age, cancellation)
        + await PruneAsync("enrichment_job_log", "id", "logged_at < now() - @age", age, cancellation)
        + await PruneAsync("provider_requests", "ctid", "minute < now() - @age", age, cancellation)
        + await PruneAsync("provider_request_log", "id", "started_at < now() - @age", age, cancellation)
        + await PruneAsync("provider_circuit_history", "id", "changed_at < now() - @age", age, cancellation);

    /// <summary>Forgets what people were told longer than <paramref name="age"/> ago, and what is over since; not what waits to be told.</summary>
    /// <returns>How many messages and incidents went.</returns>
    public async Task<long> PruneNotificationsAsync(TimeSpan age, CancellationToken cancellation) =>
        await PruneAsync("notification_messages", "id", NotPending, age, cancellation)
        + await PruneAsync("notification_incidents", "id", "resolved_at < now() - @age AND end_told_at IS NOT NULL", age, cancellation);

    /// <summary>How many rejected bars of a series are kept, those that were seen last.</summary>
    public const int MostRejects = 10_000;

    /// <summary>
    /// Forgets rejected bars that no provider has sent for <paramref name="age"/>, and of each series all but the last <paramref name="most"/>: a
    /// provider may send other nonsense every night.
    /// </summary>
    /// <returns>How many went.</returns>
    public async Task<long> PruneRejectsAsync(TimeSpan age, CancellationToken cancellation, int most = MostRejects) =>
        await PruneAsync("rejected_candles", "id", "last_seen_at < now() - @age", age, cancellation)
        + await PruneAsync("rejected_candles", "id", RejectsBeyondTheMost, age, cancellation, most);

    /// <summary>
    /// Forgets uploads whose end never came, since the API or its client died: imports after a week, and what was only to be looked at after a day.
    /// What an earlier upload under the name brought stays.
    /// </summary>
    /// <returns>How many went as a whole.</returns>
    public async Task<long> PruneUploadsAsync(CancellationToken cancellation)
    {
        const string forget = """
            WITH abandoned AS (
                SELECT name FROM imports
                WHERE is_dry_run AND created_at < now() - interval '1 day' OR phase = 'receiving' AND created_at < now() - interval '7 days'
                FOR UPDATE),
            chunks AS (DELETE FROM import_chunks c USING abandoned a WHERE c.name = a.name),
            kept AS (
                UPDATE imports i SET phase = 'storing' FROM abandoned a
                WHERE i.name = a.name AND EXISTS (SELECT FROM import_series s WHERE s.name = i.name))
            DELETE FROM imports i USING abandoned a WHERE i.name = a.name AND NOT EXISTS (SELECT FROM import_series s WHERE s.name = i.name)
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.ExecuteAsync(Sql.Command("prune uploads", forget, null, cancellation, timeout: PortionTimeout));
    }

    /// <summary>
    /// Forgets runs that ended longer than <paramref name="age"/> ago, with their jobs and attempts, and backfills that ended. The newest run of all
    /// stays, and so does what is still to be gone on with.
    /// </summary>
    /// <returns>How many runs went.</returns>
    public async Task<long> PruneRunsAsync(TimeSpan age, CancellationToken cancellation)
    {
        await PruneAsync("backfill_state", "ctid", EndedBackfill, age, cancellation);
        // The jobs first: a run has as many as there are symbols, and some thousand runs at once would take longer than any statement may.
        await PruneAsync(
            "enrichment_jobs", "id", $"job_id IN (SELECT job_id FROM enrichment_history WHERE {OldRuns})", age, cancellation);
        var runs = await PruneAsync("enrichment_history", "job_id", OldRuns, age, cancellation);
        await PruneAsync(
            "backfills", "id", "NOT EXISTS (SELECT FROM enrichment_history h WHERE h.backfill_id = backfills.id)", age, cancellation);
        return runs;
    }

    /// <summary>Forgets nodes not heard of for <paramref name="age"/>, and the provider states that they reported.</summary>
    /// <returns>How many nodes went.</returns>
    public async Task<long> PruneNodesAsync(TimeSpan age, CancellationToken cancellation)
    {
        var nodes = await PruneAsync("enrichment_nodes", "node_id", "heartbeat_at < now() - @age", age, cancellation);
        await PruneAsync("provider_state", "ctid", "node_id NOT IN (SELECT node_id FROM enrichment_nodes)", age, cancellation);
        return nodes;
    }

    private async Task<long> PruneAsync(string table, string key, string condition, TimeSpan age, CancellationToken cancellation, int? most = null)
    {
        var sql = $"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE {condition} LIMIT {Portion})";
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var total = 0L;
        int deleted;
        do
        {
            deleted = await connection.ExecuteAsync(Sql.Command($"prune {table}", sql, new { age, most }, cancellation, timeout: PortionTimeout));
            total += deleted;
        }
        while (deleted == Portion);
        return total;
    }
}
