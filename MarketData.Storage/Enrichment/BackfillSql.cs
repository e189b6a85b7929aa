namespace MarketData.Storage.Enrichment;

/// <summary>Parts of statements about backfills; each expects their ids as <c>@ids</c>.</summary>
internal static class BackfillSql
{
    /// <summary>
    /// The CTEs <c>jobs</c> and <c>parts</c>, a row for each series of a backfill. The newest job of each series says how it stands, and the
    /// backfill's own record how far it has come. Weeks that are built of days have none, and stand as the days do.
    /// </summary>
    public const string Parts = """
        jobs AS (
            SELECT DISTINCT ON (h.backfill_id, j.symbol, t.timeframe)
                   h.backfill_id, j.id AS job_id, j.symbol, t.timeframe, j.status AS job_status, j.step_timeframe, j.attempt, j.error_message,
                   j.error_advice,
                   CASE WHEN t.timeframe = '1w' AND j.asset_class <> 'crypto' THEN '1d' ELSE t.timeframe END AS fetched
            FROM enrichment_history h JOIN enrichment_jobs j USING (job_id) CROSS JOIN unnest(j.timeframes) AS t (timeframe)
            WHERE h.backfill_id = ANY (@ids) AND j.range_from IS NOT NULL
            ORDER BY h.backfill_id, j.symbol, t.timeframe, j.id DESC),
        parts AS (
            SELECT j.*, b.start_date, b.end_date, b.last_successful_date, b.last_error,
                   CASE
                       WHEN b.status = 'completed' OR j.job_status = 'succeeded' THEN 'completed'
                       WHEN j.job_status IN ('failed', 'cancelled', 'retrying') THEN j.job_status
                       WHEN j.job_status = 'running' AND j.step_timeframe = j.timeframe THEN 'running'
                       ELSE 'waiting' END AS status
            FROM jobs j
            LEFT JOIN LATERAL (
                SELECT s.* FROM backfill_state s JOIN enrichment_history o ON o.job_id = s.job_id
                WHERE s.symbol = j.symbol AND s.timeframe = j.fetched AND o.backfill_id = j.backfill_id
                ORDER BY s.updated_at DESC LIMIT 1) b ON true)
        """;

    /// <summary>How much of the time of the series in <c>parts</c> is stored, 0 to 1.</summary>
    public const string Progress = """
        avg(CASE
            WHEN status = 'completed' THEN 1
            WHEN last_successful_date IS NULL OR end_date <= start_date THEN 0
            ELSE least(1, extract(epoch FROM last_successful_date - start_date) / extract(epoch FROM end_date - start_date)) END)
        """;
}
