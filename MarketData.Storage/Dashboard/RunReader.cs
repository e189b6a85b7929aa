using System.Data;
using System.Text.Json;
using Dapper;
using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Storage.Dashboard;

/// <summary>Reads runs.</summary>
public sealed class RunReader(NpgsqlDataSource database)
{
    /// <summary>The columns of a run, as <see cref="RunSummary"/> has them.</summary>
    internal const string Columns = """
        job_id, trigger, status, requested_by, created_at, started_at, completed_at, symbols_total, symbols_successful, symbols_failed,
        symbols_cancelled, symbols_retried, records_fetched, records_inserted, records_updated, trace_id
        """;

    private static readonly JsonSerializerOptions AskedNames = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>What is left of the run <c>r.job_id</c>, in the columns of <see cref="RunLeft"/>: one row, also of a run that has ended.</summary>
    internal const string Left = $"""
        SELECT count(*) FILTER (WHERE j.status = 'running') AS running, count(*) FILTER (WHERE j.status = 'running' AND j.cancel_requested) AS cancelling,
               count(*) FILTER (WHERE j.status = 'queued') AS queued, count(*) FILTER (WHERE j.status = 'retrying') AS retrying,
               min(j.due_at) FILTER (WHERE j.status = 'retrying') AS next_try_at, max(j.due_at) FILTER (WHERE j.status = 'retrying') AS last_try_at,
               coalesce((SELECT array_agg(DISTINCT p ORDER BY p) FROM enrichment_jobs w CROSS JOIN unnest(w.error_providers) AS p
                         WHERE w.job_id = r.job_id AND w.status = 'retrying'), ARRAY[]::text[]) AS waits_for,
               (SELECT count(*) FROM enrichment_jobs d WHERE d.job_id = r.job_id AND d.completed_at >= s.since) AS done_since,
               extract(epoch FROM now() - s.since)::float8 AS since_seconds,
               (SELECT count(*) FROM enrichment_jobs d WHERE d.job_id = r.job_id AND d.completed_at >= s.lately) AS done_lately,
               extract(epoch FROM now() - s.lately)::float8 AS lately_seconds,
               s.paused, (SELECT count(*) FROM enrichment_nodes WHERE {NodeRegistry.Alive}) AS nodes, now() AS now
        FROM (SELECT c.paused, greatest(h.started_at, c.changed_at) AS since, greatest(h.started_at, c.changed_at, now() - interval '10 minutes') AS lately
              FROM scheduler_state c LEFT JOIN enrichment_history h ON h.job_id = r.job_id) s
        LEFT JOIN enrichment_jobs j ON j.job_id = r.job_id AND j.status IN ('queued', 'retrying', 'running')
        GROUP BY s.paused, s.since, s.lately
        """;

    /// <summary>Reads a page of runs, newest first, and how many match on all pages.</summary>
    public async Task<(IReadOnlyList<RunSummary> Items, long Total)> ReadPageAsync(
        RunFilter filter, int limit, CancellationToken cancellation)
    {
        var matches = "WHERE true";
        if (filter.Success is { } success)
            matches += success ? " AND status = 'completed'" : " AND symbols_failed > 0";
        if (filter.Symbol is not null)
            matches += " AND job_id IN (SELECT job_id FROM enrichment_jobs WHERE symbol = @Symbol)";
        if (filter.From is not null)
            matches += " AND created_at >= @From";
        if (filter.To is not null)
            matches += " AND created_at < @To";
        var page = filter.Before is null ? matches : matches + " AND (created_at, job_id) < (@BeforeCreatedAt, @BeforeJobId)";
        var sql = $"""
            SELECT {Columns} FROM enrichment_history {page} ORDER BY created_at DESC, job_id DESC LIMIT @limit;
            SELECT count(*) FROM enrichment_history {matches};
            """;
        var arguments = new
        {
            filter.Symbol,
            filter.From,
            filter.To,
            BeforeCreatedAt = filter.Before?.CreatedAt,
            BeforeJobId = filter.Before?.JobId,
            limit,
        };
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var results = await connection.QueryMultipleAsync(Sql.Command("read runs", sql, arguments, cancellation));
        return ((await results.ReadAsync<RunSummary>()).AsList(), await results.ReadSingleAsync<long>());
    }

    /// <summary>Reads a run; null when there is none with this id.</summary>
    public async Task<RunSummary?> ReadAsync(Guid jobId, CancellationToken cancellation)
    {
        const string run = $"SELECT {Columns} FROM enrichment_history WHERE job_id = @jobId";
        return await database.QuerySingleOrDefaultAsync<RunSummary>("read run", run, new { jobId }, cancellation);
    }

    /// <summary>Reads what a run was asked for; null for runs of earlier releases.</summary>
    public async Task<RunAsked?> ReadAskedAsync(Guid jobId, CancellationToken cancellation)
    {
        const string asked = "SELECT asked::text FROM enrichment_history WHERE job_id = @jobId";
        var json = await database.ExecuteScalarAsync<string?>("read what a run was asked for", asked, new { jobId }, cancellation);
        return json is null ? null : JsonSerializer.Deserialize<RunAsked>(json, AskedNames);
    }

    /// <summary>Reads the days on which runs were put on record, UTC, earliest first.</summary>
    /// <param name="from">The first day.</param>
    /// <param name="to">The last day.</param>
    /// <param name="cancellation">Stops the wait.</param>
    public async Task<IReadOnlyList<RunDay>> ReadDaysAsync(DateOnly from, DateOnly to, CancellationToken cancellation)
    {
        const string days = """
            SELECT DISTINCT ON (date) (created_at AT TIME ZONE 'UTC')::date AS date, (count(*) OVER day)::int AS runs,
                   (sum(symbols_failed) OVER day)::int AS symbols_failed, job_id, trigger, status, symbols_total, symbols_successful
            FROM enrichment_history
            WHERE created_at >= @from::date::timestamp AT TIME ZONE 'UTC' AND created_at < (@to::date + 1)::timestamp AT TIME ZONE 'UTC'
            WINDOW day AS (PARTITION BY (created_at AT TIME ZONE 'UTC')::date)
            ORDER BY date, trigger = 'nightly' DESC, created_at DESC
            """;
        return await database.QueryAsync<RunDay>("read days of runs", days, new { from, to }, cancellation);
    }

    /// <summary>
    /// Reads a run, what is left of it and its jobs, all as of the same moment, so that they agree; null when there is none with this id.
    /// </summary>
    public async Task<(RunSummary Run, RunLeft Left, IReadOnlyList<JobSummary> Jobs)?> ReadWithJobsAsync(Guid jobId, CancellationToken cancellation)
    {
        const string run = $"SELECT {Columns} FROM enrichment_history WHERE job_id = @jobId";
        const string left = $"SELECT l.* FROM (SELECT @jobId::uuid AS job_id) r, LATERAL ({Left}) l";
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        await using var results = await connection.QueryMultipleAsync(
            Sql.Command("read run with jobs", $"{run};\n{left};\n{JobReader.OfRun};", new { jobId }, cancellation, snapshot));
        return await results.ReadSingleOrDefaultAsync<RunSummary>() is { } found
            ? (found, await results.ReadSingleAsync<RunLeft>(), (await results.ReadAsync<JobSummary>()).AsList())
            : null;
    }

    /// <summary>Whether any node is alive.</summary>
    public async Task<bool> IsAnyNodeAliveAsync(CancellationToken cancellation)
    {
        const string any = $"SELECT EXISTS (SELECT FROM enrichment_nodes WHERE {NodeRegistry.Alive})";
        return await database.ExecuteScalarAsync<bool>("look for live node", any, null, cancellation);
    }
}
