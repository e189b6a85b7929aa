using Dapper;
using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Storage.Dashboard;

/// <summary>Reads what the dashboard's overview shows, in one round trip and by indexes alone.</summary>
public sealed class OverviewReader(NpgsqlDataSource database)
{
    // A run's sums are kept in its row, so the last day and the last 30 runs cost a handful of rows however many symbols there are.
    private const string Overview = $"""
        SELECT paused, {ScheduleStore.NextNightly}, (SELECT count(*) FROM enrichment_nodes WHERE {NodeRegistry.Alive}) AS nodes,
               (SELECT max(heartbeat_at) FROM enrichment_nodes) AS last_heartbeat,
               (SELECT max(coalesce(started_at, created_at)) FROM (
                   SELECT started_at, created_at FROM enrichment_history ORDER BY created_at DESC, job_id DESC LIMIT 1) newest) AS last_run,
               now() AS now
        FROM scheduler_state;

        SELECT {RunReader.Columns} FROM enrichment_history WHERE completed_at IS NOT NULL ORDER BY created_at DESC, job_id DESC LIMIT 1;

        SELECT {RunReader.Columns} FROM enrichment_history WHERE completed_at IS NULL ORDER BY status DESC, created_at LIMIT 1;

        SELECT l.* FROM (SELECT job_id FROM enrichment_history WHERE completed_at IS NULL ORDER BY status DESC, created_at LIMIT 1) r, LATERAL ({RunReader.Left}) l;

        SELECT sum(symbols_successful)::float8 / nullif(sum(symbols_successful + symbols_failed), 0)
        FROM (SELECT symbols_successful, symbols_failed FROM enrichment_history
              WHERE completed_at IS NOT NULL ORDER BY created_at DESC, job_id DESC LIMIT 30) last;

        SELECT count(*) AS total, count(e.last_enrichment_time) AS enriched
        FROM symbols s LEFT JOIN symbol_status e USING (symbol) WHERE s.active;

        SELECT avg(worked_ms)::float8 / 1000
        FROM (SELECT worked_ms FROM enrichment_jobs WHERE completed_at IS NOT NULL AND status = 'succeeded'
              ORDER BY completed_at DESC LIMIT 500) last;

        SELECT count(*) AS runs, coalesce(sum(symbols_successful), 0) AS jobs_completed, coalesce(sum(symbols_failed), 0) AS jobs_failed,
               coalesce(sum(symbols_cancelled), 0) AS jobs_cancelled,
               coalesce(sum(records_fetched), 0)::bigint AS records_fetched, coalesce(sum(records_inserted), 0)::bigint AS records_inserted
        FROM enrichment_history WHERE created_at >= now() - interval '24 hours';

        (SELECT {QueueColumns} FROM enrichment_jobs WHERE status = 'running' ORDER BY attempt_started_at, id LIMIT 20)
        UNION ALL
        (SELECT {QueueColumns} FROM enrichment_jobs WHERE status IN ('queued', 'retrying') ORDER BY due_at, id LIMIT 20)
        LIMIT 20;

        SELECT (SELECT count(*) FROM enrichment_jobs WHERE status IN ('queued', 'retrying')) AS waiting,
               (SELECT count(*) FROM enrichment_jobs WHERE status = 'running') AS running;
        """;

    private const string QueueColumns = "id, job_id, symbol, status, attempt, due_at, started_at, step";

    /// <summary>Reads it.</summary>
    public async Task<OverviewRows> ReadAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var results = await connection.QueryMultipleAsync(Sql.Command("read overview", Overview, null, cancellation));
        return new(
            Scheduler: await results.ReadSingleAsync<SchedulerRow>(),
            LastEnded: await results.ReadSingleOrDefaultAsync<RunSummary>(),
            Current: await results.ReadSingleOrDefaultAsync<RunSummary>(),
            Left: await results.ReadSingleOrDefaultAsync<RunLeft>(),
            SuccessRate: await results.ReadSingleAsync<double?>(),
            Symbols: await results.ReadSingleAsync<(long, long)>(),
            AvgEnrichmentTimeSeconds: await results.ReadSingleAsync<double?>(),
            LastDay: await results.ReadSingleAsync<DayTotals>(),
            Queue: (await results.ReadAsync<QueuedJob>()).AsList(),
            Depth: await results.ReadSingleAsync<(long, long)>());
    }
}
