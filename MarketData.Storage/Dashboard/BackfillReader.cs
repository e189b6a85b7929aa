using System.Data;
using System.Text.Json;
using Dapper;
using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Storage.Dashboard;

/// <summary>Reads backfills.</summary>
public sealed class BackfillReader(NpgsqlDataSource database)
{
    private const string Summary = $"""
        {BackfillSql.Parts},
        sums AS (
            SELECT backfill_id, count(DISTINCT symbol) AS symbols_total, count(*) AS series_total,
                   (array_agg(DISTINCT symbol))[1:10] AS symbols, array_agg(DISTINCT timeframe) AS timeframes,
                   count(*) FILTER (WHERE status = 'completed') AS completed, count(*) FILTER (WHERE status = 'failed') AS failed,
                   count(*) FILTER (WHERE status = 'cancelled') AS cancelled, count(*) FILTER (WHERE status = 'running') AS running,
                   {BackfillSql.Progress} AS progress
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

    /// <summary>
    /// Reads a backfill with its series, its runs, the newest first, what it was estimated to take, and what it has taken; null when there is none
    /// with this id.
    /// </summary>
    public async Task<(BackfillSummary Backfill, IReadOnlyList<BackfillPart> Parts, IReadOnlyList<BackfillRun> Runs, BackfillPlan? Plan, BackfillSpent Spent)?>
        ReadAsync(Guid id, CancellationToken cancellation)
    {
        const string read = $"""
            WITH {Summary};
            WITH {BackfillSql.Parts}
            SELECT symbol, timeframe, status, start_date AS "from", end_date AS "to", last_successful_date AS reached, job_id, attempt,
                   CASE WHEN status IN ('failed', 'retrying') THEN coalesce(last_error, error_message) END AS error,
                   CASE WHEN status IN ('failed', 'retrying') THEN error_advice END AS advice
            FROM parts ORDER BY symbol, timeframe;
            SELECT job_id, status, requested_by, created_at, started_at, completed_at, records_fetched, records_inserted, records_updated, progress_before
            FROM enrichment_history WHERE backfill_id = ANY (@ids) ORDER BY created_at DESC, job_id DESC;
            SELECT r.provider, sum(r.requests)::bigint AS requests FROM run_requests r JOIN enrichment_history h USING (job_id)
            WHERE h.backfill_id = ANY (@ids) GROUP BY r.provider ORDER BY 2 DESC, 1;
            SELECT coalesce(extract(epoch FROM sum(upper(w) - lower(w))), 0)::float8 FROM (
                SELECT unnest(range_agg(tstzrange(started_at, greatest(started_at, coalesce(completed_at, now()))))) AS w
                FROM enrichment_history WHERE backfill_id = ANY (@ids) AND started_at IS NOT NULL) worked;
            SELECT plan::text FROM backfills WHERE id = ANY (@ids);
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // All as of the same moment, so that the sums are those of the series.
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        await using var results = await connection.QueryMultipleAsync(
            Sql.Command("read backfill", read, new { ids = (Guid[])[id] }, cancellation, snapshot));
        if (await results.ReadSingleOrDefaultAsync<BackfillSummary>() is not { } backfill)
            return null;
        var (parts, runs) = ((await results.ReadAsync<BackfillPart>()).AsList(), (await results.ReadAsync<BackfillRun>()).AsList());
        var asked = (await results.ReadAsync<SpentRequests>()).AsList();
        var spent = new BackfillSpent(asked.Sum(one => one.Requests), await results.ReadSingleAsync<double>(), asked);
        var plan = await results.ReadSingleOrDefaultAsync<string>() is { } json ? JsonSerializer.Deserialize<BackfillPlan>(json) : null;
        return (backfill, parts, runs, plan, spent);
    }
}
