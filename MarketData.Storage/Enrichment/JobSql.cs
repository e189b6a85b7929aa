namespace MarketData.Storage.Enrichment;

/// <summary>
/// Parts of statements that end jobs; each expects a CTE <c>ended</c> with the rows of <c>enrichment_jobs</c> just ended.
/// </summary>
internal static class JobSql
{
    /// <summary>
    /// Counts the ended jobs into their runs, and ends a run with its last job. The counters only grow from the row's own values, so two
    /// jobs that end at once can neither lose a count nor both miss that they were the last.
    /// </summary>
    public const string CountEnded = """
        counted AS (
            SELECT job_id,
                   count(*) FILTER (WHERE status = 'succeeded')::int AS successful,
                   count(*) FILTER (WHERE status = 'failed')::int AS failed,
                   count(*) FILTER (WHERE status = 'cancelled')::int AS cancelled,
                   sum(records_fetched) AS fetched, sum(records_inserted) AS inserted, sum(records_updated) AS updated
            FROM ended GROUP BY job_id),
        runs AS (
            UPDATE enrichment_history h SET
                symbols_successful = h.symbols_successful + c.successful,
                symbols_failed = h.symbols_failed + c.failed,
                symbols_cancelled = h.symbols_cancelled + c.cancelled,
                records_fetched = h.records_fetched + c.fetched,
                records_inserted = h.records_inserted + c.inserted,
                records_updated = h.records_updated + c.updated,
                started_at = coalesce(h.started_at, now()),
                completed_at = CASE WHEN h.symbols_successful + h.symbols_failed + h.symbols_cancelled
                    + c.successful + c.failed + c.cancelled >= h.symbols_total THEN now() END,
                status = CASE
                    WHEN h.symbols_successful + h.symbols_failed + h.symbols_cancelled
                        + c.successful + c.failed + c.cancelled < h.symbols_total THEN h.status
                    WHEN h.symbols_cancelled + c.cancelled > 0 THEN 'cancelled'
                    WHEN h.symbols_failed + c.failed = 0 THEN 'completed'
                    WHEN h.symbols_successful + c.successful = 0 THEN 'failed'
                    ELSE 'partial' END
            FROM counted c WHERE h.job_id = c.job_id
            RETURNING h.*)
        """;

    /// <summary>The run that ended with the job, in the columns of <see cref="EndedRun"/>; empty while the run goes on.</summary>
    public const string Ended = """
        (SELECT job_id AS run_id, trigger, status AS run_status, symbols_total, symbols_successful, symbols_failed, symbols_cancelled,
                symbols_retried, records_inserted, records_updated,
                extract(epoch FROM completed_at - started_at)::float8 AS duration_seconds
         FROM runs WHERE completed_at IS NOT NULL)
        """;

    /// <summary>Whether other work of the symbol <c>s.symbol</c> waits than the job <c>c.id</c>.</summary>
    public const string WaitsOtherwise = """
        EXISTS (SELECT FROM enrichment_jobs o WHERE o.symbol = s.symbol AND o.status IN ('queued', 'retrying') AND o.id <> c.id)
        """;

    /// <summary>Shows the symbols' health again, unless other work of theirs still waits.</summary>
    public const string ShowHealth = """
        shown AS (
            UPDATE symbol_status s SET
                status = CASE WHEN EXISTS (
                    SELECT FROM enrichment_jobs o WHERE o.symbol = s.symbol AND o.status IN ('queued', 'retrying')
                        AND o.id NOT IN (SELECT id FROM ended)) THEN 'queued' ELSE s.health END,
                retry_count = 0, next_retry_at = NULL, updated_at = now()
            WHERE s.symbol IN (SELECT symbol FROM ended)
              AND NOT EXISTS (
                SELECT FROM enrichment_jobs o WHERE o.symbol = s.symbol AND o.status = 'running' AND o.id NOT IN (SELECT id FROM ended)))
        """;
}
