using System.Text.Json;
using Dapper;
using Npgsql;

namespace MarketData.Storage.Dashboard;

/// <summary>Reads jobs and their attempts.</summary>
public sealed class JobReader(NpgsqlDataSource database)
{
    /// <summary>The matching jobs are counted up to here.</summary>
    public const int CountLimit = 10_000;

    /// <summary>The requests to providers that are read of a job, the last of them.</summary>
    public const int MostRequests = 200;

    private static readonly JsonSerializerOptions StepNames = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    // The running attempt counts as work from its start, so that worked and waited time add up to the job's age.
    private const string Columns = """
        j.id, j.job_id, h.trigger, j.symbol, j.asset_class, j.timeframes, j.range_from, j.range_to, j.status, j.step, j.step_timeframe,
        j.attempt, j.max_attempts, j.queued_at, j.due_at, j.started_at, j.attempt_started_at, j.completed_at, t.worked_ms,
        greatest(0, extract(epoch FROM coalesce(j.completed_at, now()) - j.queued_at) * 1000 - t.worked_ms)::bigint AS waited_ms,
        j.lease_owner AS node, j.cancel_requested, j.stop_requested, j.records_fetched, j.records_inserted, j.records_updated,
        j.error_kind, j.error_reason, j.error_providers, j.error_message, j.error_advice, j.trace_id
        """;

    private const string Source = """
        enrichment_jobs j JOIN enrichment_history h USING (job_id)
        CROSS JOIN LATERAL (SELECT j.worked_ms + CASE WHEN j.status = 'running'
            THEN (extract(epoch FROM now() - j.attempt_started_at) * 1000)::bigint ELSE 0 END AS worked_ms) t
        """;

    /// <summary>All jobs of the run <c>@jobId</c>, by symbol, as <see cref="JobSummary"/> has them.</summary>
    internal const string OfRun = $"SELECT {Columns} FROM {Source} WHERE j.job_id = @jobId ORDER BY j.symbol, j.id";

    /// <summary>Reads a page of jobs, newest first, and how many match, counted up to one more than <see cref="CountLimit"/>.</summary>
    public async Task<(IReadOnlyList<JobSummary> Items, long Total)> ReadPageAsync(
        JobFilter filter, int limit, CancellationToken cancellation)
    {
        var matches = Conditions(filter);
        var page = filter.BeforeId is null ? matches : matches + " AND j.id < @BeforeId";
        var sql = $"""
            SELECT {Columns} FROM {Source} {page} ORDER BY j.id DESC LIMIT @limit;
            SELECT count(*) FROM (SELECT FROM enrichment_jobs j {matches} LIMIT {CountLimit + 1}) counted;
            """;
        var arguments = new
        {
            filter.Status,
            filter.Symbol,
            filter.JobId,
            filter.MinAttempts,
            LongerThanMs = filter.LongerThanSeconds * 1000L,
            filter.From,
            filter.To,
            filter.BeforeId,
            limit,
        };
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var results = await connection.QueryMultipleAsync(Sql.Command("read jobs", sql, arguments, cancellation));
        return ((await results.ReadAsync<JobSummary>()).AsList(), await results.ReadSingleAsync<long>());
    }

    /// <summary>Reads a job; null when there is none with this number.</summary>
    public async Task<JobSummary?> ReadAsync(long id, CancellationToken cancellation)
    {
        const string job = $"SELECT {Columns} FROM {Source} WHERE j.id = @id";
        return await database.QuerySingleOrDefaultAsync<JobSummary>("read job", job, new { id }, cancellation);
    }

    /// <summary>Reads a job's attempts, first to last.</summary>
    public async Task<IReadOnlyList<JobAttempt>> ReadAttemptsAsync(long id, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return [.. (await ReadAttemptsAsync(connection, [id], cancellation))[id]];
    }

    /// <summary>Reads the last requests that were made to providers for a symbol of a run, in the order in which they were made.</summary>
    public async Task<IReadOnlyList<JobRequest>> ReadRequestsAsync(Guid jobId, string symbol, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return [.. (await ReadRequestsAsync(connection, jobId, [symbol], cancellation))[symbol]];
    }

    /// <summary>
    /// Reads jobs of a run with their attempts and requests, in the order in which they began; those that have not begun come last. Of more than
    /// <paramref name="limit"/>, those that run, wait for another attempt or have failed come first, and then the newest.
    /// </summary>
    /// <returns>The jobs, and how many match.</returns>
    public async Task<(IReadOnlyList<JobDetail> Items, int Total)> ReadTimelineAsync(
        Guid jobId, string? status, int limit, CancellationToken cancellation)
    {
        const string jobs = $"""
            WITH chosen AS (
                SELECT j.id FROM enrichment_jobs j WHERE j.job_id = @jobId AND (@status::text IS NULL OR j.status = @status)
                ORDER BY array_position(ARRAY['running', 'retrying', 'failed', 'succeeded', 'queued', 'cancelled'], j.status),
                         j.completed_at DESC, j.started_at DESC, j.due_at, j.id
                LIMIT @limit)
            SELECT {Columns} FROM {Source} JOIN chosen USING (id) ORDER BY j.started_at NULLS LAST, j.due_at, j.id;
            SELECT count(*)::int FROM enrichment_jobs j WHERE j.job_id = @jobId AND (@status::text IS NULL OR j.status = @status);
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var results = await connection.QueryMultipleAsync(
            Sql.Command("read timeline of run", jobs, new { jobId, status, limit }, cancellation));
        var (found, total) = ((await results.ReadAsync<JobSummary>()).AsList(), await results.ReadSingleAsync<int>());
        var attempts = await ReadAttemptsAsync(connection, [.. found.Select(job => job.Id)], cancellation);
        var requests = await ReadRequestsAsync(connection, jobId, [.. found.Select(job => job.Symbol)], cancellation);
        return ([.. found.Select(job => new JobDetail(job, [.. attempts[job.Id]], [.. requests[job.Symbol]]))], total);
    }

    /// <summary>Reads lines of a job's log, oldest first.</summary>
    /// <param name="id">The job.</param>
    /// <param name="levels">Only lines of these levels.</param>
    /// <param name="after">Only lines with a greater number.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellation">Stops the wait.</param>
    public async Task<IReadOnlyList<JobLogEntry>> ReadLogAsync(
        long id, IReadOnlyCollection<string> levels, long after, int limit, CancellationToken cancellation)
    {
        const string lines = """
            SELECT id, logged_at, attempt, node_id AS node, level, message, exception FROM enrichment_job_log
            WHERE enrichment_job_id = @id AND id > @after AND level = ANY (@levels) ORDER BY id LIMIT @limit
            """;
        return await database.QueryAsync<JobLogEntry>(
            "read job log", lines, new { id, levels = levels.ToArray(), after, limit }, cancellation);
    }

    private static async Task<ILookup<string, JobRequest>> ReadRequestsAsync(
        NpgsqlConnection connection, Guid jobId, string[] symbols, CancellationToken cancellation)
    {
        const string requests = """
            SELECT symbol, provider, attempt, timeframe, method, address, status, failure, error, bytes, started_at, duration_ms
            FROM (
                SELECT *, row_number() OVER (PARTITION BY symbol ORDER BY id DESC) AS place FROM provider_request_log
                WHERE job_id = @jobId AND symbol = ANY (@symbols)) r
            WHERE place <= @MostRequests ORDER BY started_at, id
            """;
        var rows = await connection.QueryAsync<string, JobRequest, (string Symbol, JobRequest Request)>(
            Sql.Command("read requests of jobs", requests, new { jobId, symbols, MostRequests }, cancellation),
            (symbol, request) => (symbol, request), splitOn: "provider");
        return rows.ToLookup(row => row.Symbol, row => row.Request);
    }

    private static async Task<ILookup<long, JobAttempt>> ReadAttemptsAsync(
        NpgsqlConnection connection, long[] ids, CancellationToken cancellation)
    {
        const string attempts = """
            SELECT enrichment_job_id, attempt, node_id AS node, started_at, ended_at, outcome, error_message, trace_id, steps::text AS steps
            FROM enrichment_job_attempts WHERE enrichment_job_id = ANY (@ids) ORDER BY enrichment_job_id, attempt, id
            """;
        var rows = await connection.QueryAsync<long, JobAttempt, string?, (long Job, JobAttempt Attempt)>(
            Sql.Command("read job attempts", attempts, new { ids }, cancellation),
            (job, attempt, steps) => (job, steps is null
                ? attempt
                : attempt with { Steps = JsonSerializer.Deserialize<StepTiming[]>(steps, StepNames) ?? [] }),
            splitOn: "attempt,steps");
        return rows.ToLookup(row => row.Job, row => row.Attempt);
    }

    // Conditions that an index covers are written out, since the planner can't see through a parameter.
    private static string Conditions(JobFilter filter)
    {
        List<string> conditions = ["true"];
        if (filter.Status is "open")
            conditions.Add("j.status IN ('queued', 'retrying', 'running')");
        else if (filter.Status is "failed" or "cancelled")
            conditions.Add($"j.status = '{filter.Status}'");
        else if (filter.Status is not null)
            conditions.Add("j.status = @Status");
        if (filter.Symbol is not null)
            conditions.Add("j.symbol = @Symbol");
        if (filter.JobId is not null)
            conditions.Add("j.job_id = @JobId");
        if (filter.MinAttempts is > 1)
            conditions.Add("j.attempt > 1 AND j.attempt >= @MinAttempts");
        else if (filter.MinAttempts is not null)
            conditions.Add("j.attempt >= @MinAttempts");
        if (filter.LongerThanSeconds is not null)
            conditions.Add("j.worked_ms > @LongerThanMs");
        if (filter.From is not null)
            conditions.Add("j.queued_at >= @From");
        if (filter.To is not null)
            conditions.Add("j.queued_at < @To");
        return "WHERE " + string.Join(" AND ", conditions);
    }
}
