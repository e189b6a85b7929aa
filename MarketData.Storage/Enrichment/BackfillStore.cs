using Dapper;
using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>Keeps how far each backfill has come, so that one that was killed goes on where it stopped.</summary>
public sealed class BackfillStore(NpgsqlDataSource database)
{
    private const string Columns = """start_date AS "from", end_date AS "to", last_successful_date AS reached, distrusts""";

    /// <summary>Of a job <c>j</c>: that the backfill which it did was cancelled or can't be done, and so is not gone on with by others.</summary>
    internal const string HasEnded = "j.range_from IS NOT NULL AND (j.status = 'cancelled' OR j.status = 'failed' AND j.error_kind = 'permanent')";

    // A slow network may deliver a statement when its attempt is lost and the next one has long done the work.
    private const string Claim = $"claim AS (SELECT FROM enrichment_jobs WHERE {JobStore.ClaimStands} FOR KEY SHARE)";

    /// <summary>Begins a backfill, or goes on with the one of that range.</summary>
    /// <exception cref="LeaseLostException">The job is another's by now; nothing was begun.</exception>
    public async Task<Backfill> BeginAsync(
        string symbol, string timeframe, DateTime from, DateTime to, ClaimedJob job, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(job);
        // A range done before is asked for again from its start: whoever asks again wants it looked at again.
        const string begin = $"""
            WITH {Claim}
            INSERT INTO backfill_state AS b (symbol, timeframe, start_date, end_date, status, job_id)
            SELECT @symbol, @timeframe, @from, @to, 'running', @JobId FROM claim
            ON CONFLICT (symbol, timeframe, start_date, end_date) DO UPDATE SET
                last_successful_date = CASE WHEN b.status = 'completed' THEN NULL ELSE b.last_successful_date END,
                retry_count = CASE WHEN b.status = 'completed' THEN 0 ELSE b.retry_count END,
                status = 'running', job_id = excluded.job_id, updated_at = now()
            RETURNING {Columns}
            """;
        var arguments = new { symbol, timeframe, from, to, job.JobId, job.Fence.Id, job.Fence.Number };
        return await QueryAsync("begin backfill", begin, arguments, cancellation) ?? throw new LeaseLostException(job.Fence);
    }

    /// <summary>The backfill of the series that a run began, completed or not; null when it has begun none.</summary>
    public Task<Backfill?> OfRunAsync(string symbol, string timeframe, Guid runId, CancellationToken cancellation)
    {
        const string ofRun = $"""
            SELECT {Columns} FROM backfill_state
            WHERE symbol = @symbol AND timeframe = @timeframe AND job_id = @runId ORDER BY start_date LIMIT 1
            """;
        return QueryAsync("read backfill of run", ofRun, new { symbol, timeframe, runId }, cancellation);
    }

    /// <summary>
    /// The backfills of the series that have begun and not ended, the earliest first. One that was asked for and then cancelled, or that can't be
    /// done, has ended.
    /// </summary>
    public async Task<IReadOnlyList<Backfill>> OpenAsync(string symbol, string timeframe, CancellationToken cancellation)
    {
        const string open = $"""
            SELECT {Columns} FROM backfill_state b
            WHERE symbol = @symbol AND timeframe = @timeframe AND status IN ('running', 'failed') AND NOT EXISTS (
                SELECT FROM enrichment_jobs j
                WHERE j.job_id = b.job_id AND j.symbol = b.symbol AND {HasEnded})
            ORDER BY start_date
            """;
        return await database.QueryAsync<Backfill>("read open backfills", open, new { symbol, timeframe }, cancellation);
    }

    /// <summary>Notes that an attempt at it failed; what is stored stays, and the next attempt goes on from there.</summary>
    public async Task FailAsync(
        string symbol, string timeframe, Backfill backfill, string error, JobFence fence, CancellationToken cancellation)
    {
        const string fail = $"""
            WITH {Claim}
            UPDATE backfill_state SET status = 'failed', retry_count = retry_count + 1, last_error = @error, updated_at = now() FROM claim
            WHERE symbol = @symbol AND timeframe = @timeframe AND start_date = @From AND end_date = @To
            """;
        var arguments = new { symbol, timeframe, backfill.From, backfill.To, error, fence.Id, fence.Number };
        await database.ExecuteAsync("fail backfill", fail, arguments, cancellation);
    }

    /// <summary>Forgets the backfill of the series that a run began and that found nothing: who asks again begins anew.</summary>
    public async Task ForgetAsync(string symbol, string timeframe, ClaimedJob job, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(job);
        const string forget = $"""
            WITH {Claim}
            DELETE FROM backfill_state USING claim WHERE symbol = @symbol AND timeframe = @timeframe AND job_id = @JobId
            """;
        var arguments = new { symbol, timeframe, job.JobId, job.Fence.Id, job.Fence.Number };
        await database.ExecuteAsync("forget backfill", forget, arguments, cancellation);
    }

    /// <summary>
    /// Has what is stored of some ranges asked for again in every interval, within the caller's transaction, splits and dividends with it.
    /// </summary>
    internal static Task AskAgainAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        string symbol,
        IReadOnlyList<(DateTime From, DateTime To)> ranges,
        string distrusts,
        CancellationToken cancellation)
    {
        // Weeks that are built of days follow them.
        const string askAgain = """
            WITH stored AS (
                SELECT s.timeframe, greatest(s.first_ts, r.start) AS start, least(s.last_ts + interval '1 microsecond', r.finish) AS finish
                FROM series s JOIN symbols y USING (symbol)
                CROSS JOIN unnest(@starts::timestamptz[], @ends::timestamptz[]) AS r (start, finish)
                WHERE s.symbol = @symbol AND s.first_ts IS NOT NULL AND (s.timeframe <> '1w' OR y.asset_class = 'crypto')),
            marked AS (
                INSERT INTO backfill_state AS b (symbol, timeframe, start_date, end_date, status, distrusts)
                SELECT @symbol, timeframe, start, finish, 'running', @distrusts FROM stored WHERE start < finish
                ON CONFLICT (symbol, timeframe, start_date, end_date) DO UPDATE SET
                    status = 'running', last_successful_date = NULL, job_id = NULL, distrusts = excluded.distrusts, updated_at = now()
                RETURNING symbol)
            UPDATE symbols SET actions_checked_at = NULL WHERE symbol IN (SELECT symbol FROM marked)
            """;
        var arguments = new
        {
            symbol,
            starts = ranges.Select(range => range.From).ToArray(),
            ends = ranges.Select(range => range.To).ToArray(),
            distrusts,
        };
        return connection.ExecuteAsync(Sql.Command("ask for candles again", askAgain, arguments, cancellation, transaction));
    }

    /// <summary>Notes within the caller's transaction how far it has come; at its end it is completed.</summary>
    internal static Task AdvanceAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        string symbol,
        string timeframe,
        Backfill backfill,
        DateTime reached,
        CancellationToken cancellation)
    {
        const string advance = """
            UPDATE backfill_state SET
                last_successful_date = @reached, last_error = NULL, updated_at = now(),
                status = CASE WHEN @reached >= end_date THEN 'completed' ELSE status END,
                distrusts = CASE WHEN @reached >= end_date THEN NULL ELSE distrusts END
            WHERE symbol = @symbol AND timeframe = @timeframe AND start_date = @From AND end_date = @To
            """;
        return connection.ExecuteAsync(
            Sql.Command(
                "advance backfill", advance, new { symbol, timeframe, backfill.From, backfill.To, reached }, cancellation, transaction));
    }

    private async Task<Backfill?> QueryAsync(string name, string sql, object arguments, CancellationToken cancellation)
    {
        return await database.QuerySingleOrDefaultAsync<Backfill>(name, sql, arguments, cancellation);
    }
}
