using Dapper;
using Npgsql;

namespace MarketData.Storage.Dashboard;

/// <summary>Reads backfills.</summary>
public sealed class BackfillReader(NpgsqlDataSource database)
{
    // The newest job of each series says how it stands, and the backfill's own record how far it has come. Weeks that are built of days have
    // none, and stand as the days do.
    private const string Parts = """
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

    private const string Summary = $"""
        {Parts},
        sums AS (
            SELECT backfill_id, count(DISTINCT symbol) AS symbols_total, count(*) AS series_total,
                   (array_agg(DISTINCT symbol))[1:10] AS symbols, array_agg(DISTINCT timeframe) AS timeframes,
                   count(*) FILTER (WHERE status = 'completed') AS completed, count(*) FILTER (WHERE status = 'failed') AS failed,
                   count(*) FILTER (WHERE status = 'cancelled') AS cancelled, count(*) FILTER (WHERE status = 'running') AS running,
                   avg(CASE
                       WHEN status = 'completed' THEN 1
                       WHEN last_successful_date IS NULL OR end_date <= start_date THEN 0
                       ELSE least(1, extract(epoch FROM last_successful_date - start_date) / extract(epoch FROM end_date - start_date)) END) AS progress
            FROM parts GROUP BY backfill_id)
        SELECT b.id, b.range_from AS "from", b.range_to AS "to", b.requested_by, b.created_at,
               (SELECT CASE WHEN bool_or(h.completed_at IS NULL) THEN NULL ELSE max(h.completed_at) END
                FROM enrichment_history h WHERE h.backfill_id = b.id) AS completed_at,
               CASE
                   WHEN s.completed + s.failed + s.cancelled < s.series_total THEN
                       CASE WHEN s.running > 0 OR s.progress > 0 THEN 'running' ELSE 'queued' END
                   WHEN s.completed = s.series_total THEN 'completed'
                   WHEN s.completed > 0 THEN 'partial'
                   WHEN s.failed > 0 THEN 'failed'
                   ELSE 'cancelled' END AS status,
               s.symbols, s.symbols_total::int, s.series_total::int, s.completed::int AS series_completed, s.failed::int AS series_failed,
               s.cancelled::int AS series_cancelled, s.progress::double precision,
               ARRAY(SELECT name FROM unnest(ARRAY['5m', '15m', '30m', '1h', '4h', '1d', '1w']) WITH ORDINALITY AS known (name, place)
                     WHERE name = ANY (s.timeframes) ORDER BY place) AS timeframes
        FROM backfills b JOIN sums s ON s.backfill_id = b.id
        """;

    /// <summary>Reads a page of backfills, newest first, and how many there are on all pages.</summary>
    /// <param name="before">Only those older than this one, by time and id: the last of the page before; null for the newest.</param>
    /// <param name="limit">The most of them.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<(IReadOnlyList<BackfillSummary> Items, long Total)> ReadPageAsync(
        (DateTime CreatedAt, Guid Id)? before, int limit, CancellationToken cancellation)
    {
        const string page = """
            SELECT id FROM backfills WHERE @at::timestamptz IS NULL OR (created_at, id) < (@at, @id)
            ORDER BY created_at DESC, id DESC LIMIT @limit;
            SELECT count(*) FROM backfills;
            """;
        const string summaries = $"WITH {Summary} ORDER BY b.created_at DESC, b.id DESC";
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var results = await connection.QueryMultipleAsync(
            Sql.Command("read backfills", page, new { at = before?.CreatedAt, id = before?.Id, limit }, cancellation));
        var ids = (await results.ReadAsync<Guid>()).ToArray();
        var total = await results.ReadSingleAsync<long>();
        return ((await connection.QueryAsync<BackfillSummary>(Sql.Command("sum up backfills", summaries, new { ids }, cancellation))).AsList(), total);
    }

    /// <summary>The backfill that a run is part of; null when it is of none.</summary>
    public async Task<Guid?> OfRunAsync(Guid run, CancellationToken cancellation) => await database.ExecuteScalarAsync<Guid?>(
        "read backfill of run", "SELECT backfill_id FROM enrichment_history WHERE job_id = @run", new { run }, cancellation);

    /// <summary>Reads a backfill with its series and its runs, the newest run first; null when there is none with this id.</summary>
    public async Task<(BackfillSummary Backfill, IReadOnlyList<BackfillPart> Parts, IReadOnlyList<BackfillRun> Runs)?> ReadAsync(
        Guid id, CancellationToken cancellation)
    {
        const string read = $"""
            WITH {Summary};
            WITH {Parts}
            SELECT symbol, timeframe, status, start_date AS "from", end_date AS "to", last_successful_date AS reached, job_id, attempt,
                   CASE WHEN status IN ('failed', 'retrying') THEN coalesce(last_error, error_message) END AS error,
                   CASE WHEN status IN ('failed', 'retrying') THEN error_advice END AS advice
            FROM parts ORDER BY symbol, timeframe;
            SELECT job_id, status, requested_by, created_at, started_at, completed_at, records_fetched, records_inserted, records_updated
            FROM enrichment_history WHERE backfill_id = ANY (@ids) ORDER BY created_at DESC, job_id DESC;
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var results = await connection.QueryMultipleAsync(Sql.Command("read backfill", read, new { ids = (Guid[])[id] }, cancellation));
        if (await results.ReadSingleOrDefaultAsync<BackfillSummary>() is not { } backfill)
            return null;
        return (backfill, (await results.ReadAsync<BackfillPart>()).AsList(), (await results.ReadAsync<BackfillRun>()).AsList());
    }
}
