using Dapper;
using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>
/// Makes runs and ends them early. A symbol never waits twice for the same work: asked for again while it is queued, retrying or running,
/// it joins the job that there is. What a method returns is on disk.
/// </summary>
public sealed class RunStore(NpgsqlDataSource database)
{
    private const string AskedBySymbol = """
        SELECT s.symbol, s.asset_class, with_days_of_weeks(coalesce(@Timeframes, s.timeframes), s.asset_class) AS timeframes,
               @From::timestamptz AS range_from, @To::timestamptz AS range_to, NULL::text AS import_name
        FROM symbols s
        WHERE s.active
          AND (@Symbols::text[] IS NULL OR s.symbol = ANY (@Symbols))
          AND (@AssetClass::text IS NULL OR s.asset_class = @AssetClass)
        """;

    private const string TrackAsked = """
        WITH chosen AS (
            SELECT s.symbol FROM symbols s
            WHERE s.active
              AND (@Symbols::text[] IS NULL OR s.symbol = ANY (@Symbols))
              AND (@AssetClass::text IS NULL OR s.asset_class = @AssetClass)
              AND NOT s.timeframes @> @Timeframes
            ORDER BY s.symbol FOR UPDATE),
        judged_again AS (UPDATE symbol_status t SET judge_at = '-infinity' FROM chosen WHERE t.symbol = chosen.symbol)
        UPDATE symbols s SET updated_at = now(), timeframes = ARRAY(
            SELECT name FROM unnest(ARRAY['5m', '15m', '30m', '1h', '4h', '1d', '1w']) WITH ORDINALITY AS known (name, place)
            WHERE name = ANY (s.timeframes || @Timeframes) ORDER BY place)
        FROM chosen WHERE s.symbol = chosen.symbol
        """;

    // Intervals that the backfill has in full are not fetched over again, unless nothing else is left to fail.
    private const string LeftOfBackfill = """
        coalesce(nullif(ARRAY(
            SELECT t FROM unnest(j.timeframes) t
            WHERE NOT EXISTS (
                SELECT FROM backfill_state b JOIN enrichment_history o ON o.job_id = b.job_id
                WHERE o.backfill_id = @Backfill AND b.symbol = j.symbol AND b.timeframe = t AND b.status = 'completed')), '{}'), j.timeframes)
        """;

    private const string AskedByFailure = $"""
        SELECT j.symbol, j.asset_class, {LeftOfBackfill} AS timeframes, j.range_from, j.range_to, j.import_name
        FROM enrichment_jobs j JOIN symbols s USING (symbol)
        WHERE j.job_id = @Failed AND j.status = 'failed' AND s.active AND (@Symbols::text[] IS NULL OR j.symbol = ANY (@Symbols))
        """;

    private const string AskedByBackfill = $"""
        SELECT j.symbol, j.asset_class, {LeftOfBackfill} AS timeframes, j.range_from, j.range_to, NULL::text AS import_name
        FROM (
            SELECT DISTINCT ON (j.symbol) j.* FROM enrichment_jobs j JOIN enrichment_history h USING (job_id)
            WHERE h.backfill_id = @Backfill AND j.range_from IS NOT NULL ORDER BY j.symbol, j.id DESC) j
        JOIN symbols s USING (symbol)
        WHERE j.status IN ('failed', 'cancelled') AND s.active
        """;

    private const string AskedByGaps = """
        SELECT s.symbol, s.asset_class, array_agg(DISTINCT due.timeframe) AS timeframes, NULL::timestamptz AS range_from, NULL::timestamptz AS range_to,
               NULL::text AS import_name
        FROM (
            SELECT symbol, timeframe FROM gaps WHERE next_ask_at <= now()
            UNION ALL SELECT symbol, timeframe FROM series WHERE provisional_from IS NOT NULL) due
        JOIN symbols s USING (symbol)
        WHERE s.active AND due.timeframe = ANY (s.timeframes)
        GROUP BY s.symbol, s.asset_class
        """;

    // With the weeks that are built of the days. Its range tells the job from an ordinary one that waits for the same symbol.
    private const string AskedByImport = """
        SELECT s.symbol, s.asset_class,
               array_agg(i.timeframe) || CASE
                   WHEN bool_or(i.timeframe = '1d') AND '1w' = ANY (s.timeframes) AND s.asset_class <> 'crypto' THEN ARRAY['1w'] ELSE ARRAY[]::text[] END AS timeframes,
               min(i.first_ts) AS range_from, max(i.last_ts) + interval '1 microsecond' AS range_to, i.name AS import_name
        FROM import_series i JOIN symbols s USING (symbol) WHERE i.name = @Import GROUP BY s.symbol, s.asset_class, s.timeframes, i.name
        """;

    // One statement, so that the run's row may come after the jobs that refer to it: a request that only joins leaves no empty run.
    // Every request locks the symbols in alphabetical order, so that two at once wait for each other and never deadlock.
    private const string Place = """
        , placed AS (
            INSERT INTO enrichment_jobs AS j (job_id, symbol, asset_class, timeframes, range_from, range_to, import_name)
            SELECT @JobId, symbol, asset_class, timeframes, range_from, range_to, import_name FROM asked ORDER BY symbol, range_from
            ON CONFLICT (symbol, range_from, range_to) WHERE status IN ('queued', 'retrying', 'running') DO UPDATE
                SET timeframes = ARRAY(SELECT DISTINCT t FROM unnest(j.timeframes || excluded.timeframes) t ORDER BY t),
                    cancel_requested = false, stop_requested = false,
                    updated_at = now()
            RETURNING j.symbol, j.job_id, j.job_id = @JobId AS is_new),
        backfill AS (
            INSERT INTO backfills (id, range_from, range_to, requested_by)
            SELECT @JobId, @From, @To, @RequestedBy
            WHERE @From::timestamptz IS NOT NULL AND EXISTS (SELECT FROM placed WHERE is_new)),
        run AS (
            INSERT INTO enrichment_history (job_id, trigger, status, requested_by, symbols_total, trace_id, trace_parent, backfill_id, asked)
            SELECT @JobId, @Trigger, 'queued', @RequestedBy, count(*) FILTER (WHERE is_new), @TraceId, @TraceParent,
                   CASE WHEN @From::timestamptz IS NOT NULL THEN @JobId ELSE @Backfill::uuid END, jsonb_build_object(
                'all_symbols', @AllSymbols, 'asset_class', @AssetClass::text, 'timeframes', @Timeframes::text[], 'from', event_time(@From::timestamptz),
                'to', event_time(@To::timestamptz), 'joined', coalesce(jsonb_agg(DISTINCT symbol) FILTER (WHERE NOT is_new), '[]'))
            FROM placed HAVING count(*) FILTER (WHERE is_new) > 0)
        SELECT p.symbol, p.job_id, p.is_new, coalesce(h.status, 'queued') AS run_status
        FROM placed p LEFT JOIN enrichment_history h USING (job_id)
        ORDER BY p.symbol
        """;

    // What is stored of a series stays: the new run goes on behind it.
    private const string TakeOverBackfill = """
        UPDATE backfill_state b SET job_id = @JobId, updated_at = now()
        FROM enrichment_jobs j
        WHERE j.job_id = @JobId AND j.symbol = b.symbol AND b.timeframe = ANY (j.timeframes) AND b.status <> 'completed'
          AND b.job_id IN (SELECT job_id FROM enrichment_history WHERE backfill_id = @Backfill);

        """;

    // How fast the new run is shows in what it adds to that.
    private const string NoteProgress = $"""
        WITH {BackfillSql.Parts}
        UPDATE enrichment_history SET progress_before = (SELECT {BackfillSql.Progress} FROM parts) WHERE job_id = @JobId
        """;

    private const string ShowQueued = """
        INSERT INTO symbol_status AS s (symbol, asset_class, status)
        SELECT symbol, asset_class, 'queued' FROM symbols WHERE symbol = ANY (@Symbols) ORDER BY symbol
        ON CONFLICT (symbol) DO UPDATE SET status = 'queued', updated_at = now() WHERE s.status NOT IN ('queued', 'running', 'retrying');
        NOTIFY marketdata_work;
        """;

    /// <summary>Queues what is asked for; what is queued or running already is joined.</summary>
    public Task<RunTicket> CreateAsync(RunRequest request, CancellationToken cancellation) =>
        InTransactionAsync((connection, transaction) => CreateAsync(connection, transaction, request, cancellation), cancellation);

    /// <summary>The same within the caller's transaction; nothing is queued until that commits.</summary>
    public static Task<RunTicket> CreateAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, RunRequest request, CancellationToken cancellation) =>
        PlaceAsync(connection, transaction, AskedBySymbol, request, null, null, cancellation);

    /// <summary>Queues the first run of a database, once, however many nodes start at once.</summary>
    /// <returns>The run; null when there was one before.</returns>
    public Task<RunTicket?> CreateFirstAsync(RunRequest request, CancellationToken cancellation) =>
        InTransactionAsync<RunTicket?>(
            async (connection, transaction) =>
            {
                // The row lock makes the nodes ask one after another.
                await connection.ExecuteAsync(
                    Sql.Command("lock scheduler", "SELECT FROM scheduler_state FOR UPDATE", null, cancellation, transaction));
                const string any = "SELECT EXISTS (SELECT FROM enrichment_history)";
                var late = await connection.ExecuteScalarAsync<bool>(
                    Sql.Command("look for earlier runs", any, null, cancellation, transaction));
                return late ? null : await CreateAsync(connection, transaction, request, cancellation);
            },
            cancellation);

    /// <summary>Queues the symbols with missing candles that are due to be asked for again, within the caller's transaction.</summary>
    /// <returns>The run; without one when nothing is due.</returns>
    public static Task<RunTicket> CreateForGapsAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, RunRequest request, CancellationToken cancellation) =>
        PlaceAsync(connection, transaction, AskedByGaps, request, null, null, cancellation);

    /// <summary>Queues the symbols of an import, to be stored or undone, within the caller's transaction.</summary>
    /// <returns>The run; a symbol in <see cref="RunTicket.AlreadyRunning"/> has a job of the very same range, which does something else.</returns>
    internal static Task<RunTicket> CreateForImportAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, RunRequest request, string import, CancellationToken cancellation) =>
        PlaceAsync(connection, transaction, AskedByImport, request, null, import, cancellation);

    /// <summary>Queues the failed symbols of a run again, in a new run, with their intervals and ranges.</summary>
    /// <param name="jobId">The run.</param>
    /// <param name="symbols">Only these of them; null for all.</param>
    /// <param name="requestedBy">Who asks.</param>
    /// <param name="traceParent">The W3C <c>traceparent</c> of the request.</param>
    /// <param name="cancellation">Stops the wait.</param>
    /// <returns>The new run, with no symbol in it when none had failed; null when there is no run <paramref name="jobId"/>.</returns>
    public Task<RunTicket?> RetryFailedAsync(
        Guid jobId, IReadOnlyCollection<string>? symbols, string? requestedBy, string? traceParent, CancellationToken cancellation) =>
        InTransactionAsync<RunTicket?>(
            async (connection, transaction) =>
            {
                const string known = "SELECT job_id, backfill_id FROM enrichment_history WHERE job_id = @jobId";
                var (run, backfill) = await connection.QuerySingleOrDefaultAsync<(Guid?, Guid?)>(
                    Sql.Command("look for run", known, new { jobId }, cancellation, transaction));
                if (run is null)
                    return null;
                var request = new RunRequest
                {
                    Trigger = RunTrigger.Retry,
                    Symbols = symbols,
                    RequestedBy = requestedBy,
                    TraceParent = traceParent,
                };
                return await PlaceAsync(connection, transaction, AskedByFailure, request, jobId, null, cancellation, backfill);
            },
            cancellation);

    /// <summary>
    /// Queues what of a backfill failed or was cancelled, in a new run that goes on behind what is stored of each series.
    /// </summary>
    /// <returns>The new run, with no symbol in it when nothing is left to do; null when there is no backfill <paramref name="backfill"/>.</returns>
    public Task<RunTicket?> ResumeBackfillAsync(Guid backfill, string? requestedBy, string? traceParent, CancellationToken cancellation) =>
        InTransactionAsync<RunTicket?>(
            async (connection, transaction) =>
            {
                // Who resumes at the same moment finds the jobs queued.
                const string known = "SELECT id FROM backfills WHERE id = @backfill FOR UPDATE";
                if (await connection.ExecuteScalarAsync<Guid?>(Sql.Command("lock backfill", known, new { backfill }, cancellation, transaction)) is null)
                    return null;
                var request = new RunRequest { Trigger = RunTrigger.Backfill, RequestedBy = requestedBy, TraceParent = traceParent };
                return await PlaceAsync(connection, transaction, AskedByBackfill, request, null, null, cancellation, backfill);
            },
            cancellation);

    /// <summary>
    /// Cancels what a backfill has not done: queued symbols at once, running ones before their next step. What they stored stays.
    /// </summary>
    /// <returns>How many symbols were cancelled, and how many still run; null when there is no such backfill.</returns>
    public Task<(int Cancelled, int StillRunning)?> CancelBackfillAsync(Guid backfill, CancellationToken cancellation) =>
        InTransactionAsync<(int, int)?>(
            async (connection, transaction) =>
            {
                const string known = "SELECT EXISTS (SELECT FROM backfills WHERE id = @backfill)";
                if (!await connection.ExecuteScalarAsync<bool>(Sql.Command("look for backfill", known, new { backfill }, cancellation, transaction)))
                    return null;
                const string which = "j.job_id IN (SELECT job_id FROM enrichment_history WHERE backfill_id = @backfill)";
                const string stop = $"UPDATE enrichment_jobs j SET stop_requested = true WHERE {which} AND j.status = 'running'";
                await connection.ExecuteAsync(Sql.Command("stop jobs of backfill", stop, new { backfill }, cancellation, transaction));
                var cancelled = await CancelWhereAsync(connection, transaction, which, new { backfill }, cancellation);
                const string left = $"SELECT count(*)::int FROM enrichment_jobs j WHERE {which} AND j.status = 'running'";
                return (cancelled, await connection.ExecuteScalarAsync<int>(
                    Sql.Command("count running jobs", left, new { backfill }, cancellation, transaction)));
            },
            cancellation);

    /// <summary>
    /// Cancels what a run has not begun: its queued and retrying symbols. Running ones finish; one that fails or is broken off is not tried again.
    /// </summary>
    /// <returns>How many symbols were cancelled, and how many still run; null when there is no such run.</returns>
    public Task<(int Cancelled, int StillRunning)?> CancelAsync(Guid jobId, CancellationToken cancellation) =>
        InTransactionAsync<(int, int)?>(
            async (connection, transaction) =>
            {
                const string known = "SELECT EXISTS (SELECT FROM enrichment_history WHERE job_id = @jobId)";
                const string left = "SELECT count(*)::int FROM enrichment_jobs WHERE job_id = @jobId AND status = 'running'";
                if (!await connection.ExecuteScalarAsync<bool>(
                    Sql.Command("look for run", known, new { jobId }, cancellation, transaction)))
                    return null;
                var cancelled = await CancelWhereAsync(connection, transaction, "j.job_id = @jobId", new { jobId }, cancellation);
                return (cancelled, await connection.ExecuteScalarAsync<int>(
                    Sql.Command("count running jobs", left, new { jobId }, cancellation, transaction)));
            },
            cancellation);

    /// <summary>
    /// Cancels one job: one that has not begun or waits for its next attempt ends at once, one that is worked on when its node hears of it, with
    /// the next renewal of its lease or step. What it stored stays.
    /// </summary>
    /// <returns>The job as it is now; null when there is none with this number.</returns>
    public Task<CancelledJob?> CancelJobAsync(long id, CancellationToken cancellation) =>
        InTransactionAsync(
            async (connection, transaction) =>
            {
                // Whoever claims the job meanwhile waits for the lock, so that it is cancelled either queued or running.
                const string stop = """
                    SELECT FROM enrichment_jobs WHERE id = @id FOR NO KEY UPDATE;
                    UPDATE enrichment_jobs SET stop_requested = true WHERE id = @id AND status = 'running';
                    """;
                const string read = "SELECT id, job_id, symbol, status FROM enrichment_jobs WHERE id = @id";
                await connection.ExecuteAsync(Sql.Command("stop job by hand", stop, new { id }, cancellation, transaction));
                await CancelWhereAsync(connection, transaction, "j.id = @id", new { id }, cancellation);
                return await connection.QuerySingleOrDefaultAsync<CancelledJob>(
                    Sql.Command("read cancelled job", read, new { id }, cancellation, transaction));
            },
            cancellation);

    /// <summary>Cancels all work of a symbol that has not begun, in whichever run; for symbols that are no longer tracked.</summary>
    /// <returns>How many jobs were cancelled.</returns>
    public Task<int> CancelSymbolAsync(string symbol, CancellationToken cancellation) =>
        InTransactionAsync(
            (connection, transaction) => CancelWhereAsync(connection, transaction, "j.symbol = @symbol", new { symbol }, cancellation),
            cancellation);

    private static async Task<RunTicket> PlaceAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        string asked,
        RunRequest request,
        Guid? failed,
        string? import,
        CancellationToken cancellation,
        Guid? backfill = null)
    {
        if (request.Track && request.Timeframes is null)
            throw new ArgumentException("Which intervals to track has to be said.", nameof(request));
        if (request.From is null != request.To is null || request.From >= request.To)
            throw new ArgumentException("A backfill needs both ends of its range, the start before the end.", nameof(request));
        var arguments = new
        {
            JobId = Guid.CreateVersion7(),
            Trigger = request.Trigger.Name(),
            Symbols = request.Symbols?.ToArray(),
            request.AssetClass,
            Timeframes = request.Timeframes?.ToArray(),
            request.From,
            request.To,
            AllSymbols = asked == AskedBySymbol && request.Symbols is null,
            request.RequestedBy,
            request.TraceParent,
            TraceId = TraceIdOf(request.TraceParent),
            Failed = failed,
            Import = import,
            Backfill = backfill,
            ids = new[] { backfill ?? Guid.Empty },
        };
        if (request.Track)
            await connection.ExecuteAsync(Sql.Command("track intervals", TrackAsked, arguments, cancellation, transaction));
        var placed = (await connection.QueryAsync<PlacedJob>(
            Sql.Command("queue run", $"WITH asked AS ({asked}){Place}", arguments, cancellation, transaction))).AsList();
        if (backfill is not null)
            await connection.ExecuteAsync(Sql.Command("take over backfill", TakeOverBackfill + NoteProgress, arguments, cancellation, transaction));
        string[] queued = [.. placed.Where(job => job.IsNew).Select(job => job.Symbol).Distinct()];
        string[] joined = [.. placed.Where(job => !job.IsNew).Select(job => job.Symbol).Distinct()];
        if (queued.Length > 0)
            await connection.ExecuteAsync(
                Sql.Command("show symbols as queued", ShowQueued, new { Symbols = queued }, cancellation, transaction));
        var run = placed.Find(job => job.IsNew) ?? placed.FirstOrDefault();
        return new RunTicket(run?.JobId, run?.RunStatus, queued, joined);
    }

    private static async Task<int> CancelWhereAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string which, object arguments, CancellationToken cancellation)
    {
        // Locked first, in the order in which whoever queues locks them: so none is claimed in between, and nobody waits in a circle.
        var mark = $"""
            SELECT FROM enrichment_jobs j WHERE {which} AND j.status IN ('queued', 'retrying', 'running')
            ORDER BY j.symbol, j.range_from FOR NO KEY UPDATE;
            UPDATE enrichment_jobs j SET cancel_requested = true, updated_at = now() WHERE {which} AND j.status = 'running';
            """;
        var end = $"""
            WITH ended AS (
                UPDATE enrichment_jobs j SET status = 'cancelled', completed_at = now(), updated_at = now()
                WHERE {which} AND j.status IN ('queued', 'retrying') RETURNING j.*),
            {JobSql.CountEnded},
            {JobSql.ShowHealth}
            SELECT count(*)::int FROM ended;
            """;
        await connection.ExecuteAsync(Sql.Command("mark jobs as cancelled", mark, arguments, cancellation, transaction));
        return await connection.ExecuteScalarAsync<int>(Sql.Command("cancel jobs", end, arguments, cancellation, transaction));
    }

    // The third field of a traceparent, version-traceid-spanid-flags, at most one level of validation: what does not fit is left out.
    private static string? TraceIdOf(string? traceParent) =>
        traceParent?.Split('-') is [_, { Length: 32 } traceId, ..] ? traceId : null;

    private async Task<T> InTransactionAsync<T>(Func<NpgsqlConnection, NpgsqlTransaction, Task<T>> work, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var result = await work(connection, transaction);
        await transaction.CommitAsync(cancellation);
        return result;
    }

    private sealed record PlacedJob
    {
        public required string Symbol { get; init; }

        public required Guid JobId { get; init; }

        public required bool IsNew { get; init; }

        public required string RunStatus { get; init; }
    }
}
