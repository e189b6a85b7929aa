using System.Text.Json;
using Dapper;
using MarketData.Domain.Candles;
using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>
/// The queue of symbol jobs as the nodes see it: claim, keep, end. The row is the truth: a job is a node's while its lease holds by the
/// database's clock and no later claim has raised the fence, and <see cref="CheckFenceAsync"/> checks that in every writing transaction.
/// </summary>
public sealed class JobStore(NpgsqlDataSource database)
{
    /// <summary>The channel that says that work has become due.</summary>
    public const string WorkChannel = "marketdata_work";

    private static readonly string[] KnownTriggers = [.. Enum.GetValues<RunTrigger>().Select(RunTriggers.Name)];
    private static readonly string[] KnownTimeframes = [.. BarIntervals.All.Select(BarIntervals.Name)];
    private static readonly string[] KnownAssetClasses = [.. Enum.GetValues<AssetClass>().Select(AssetClassNames.Name)];

    /// <summary>Opens a session that hears when work has become due.</summary>
    public Task<ListeningSession> ListenAsync(CancellationToken cancellation) =>
        ListeningSession.OpenAsync(database, WorkChannel, "listen for work", cancellation);

    /// <summary>Pings the server over the connection.</summary>
    /// <exception cref="NpgsqlException">It does not, within <paramref name="timeout"/>.</exception>
    public static async Task ProbeAsync(NpgsqlConnection connection, TimeSpan timeout, CancellationToken cancellation)
    {
        await using var probe = Sql.Command("probe connection", "SELECT", connection);
        probe.CommandTimeout = (int)timeout.TotalSeconds;
        await probe.ExecuteNonQueryAsync(cancellation);
    }

    // Runs take turns: the one with the fewest running jobs first. FOR SHARE on the scheduler's row makes a pause wait for claims in
    // flight, so that none begins after the pause was answered. A symbol with a running job waits, whatever else is asked of it. What a newer
    // version queued and this one knows nothing of waits for a newer node.
    private const string ClaimSql = $"""
        WITH allowed AS MATERIALIZED (SELECT FROM scheduler_state WHERE NOT paused FOR SHARE),
        open_runs AS (
            SELECT h.job_id, (SELECT count(*) FROM enrichment_jobs r WHERE r.job_id = h.job_id AND r.status = 'running') AS running
            FROM enrichment_history h
            WHERE h.completed_at IS NULL AND h.trigger = ANY (@KnownTriggers)
              AND EXISTS (SELECT FROM enrichment_jobs w WHERE w.job_id = h.job_id AND w.status IN ('queued', 'retrying') AND w.due_at <= now())
            ORDER BY running, h.created_at),
        chosen AS (
            SELECT j.id
            FROM allowed, open_runs o
            CROSS JOIN LATERAL (
                SELECT w.id FROM enrichment_jobs w
                WHERE w.job_id = o.job_id AND w.status IN ('queued', 'retrying') AND w.due_at <= now()
                  AND w.timeframes <@ @KnownTimeframes AND w.asset_class = ANY (@KnownAssetClasses)
                  AND NOT EXISTS (SELECT FROM enrichment_jobs r WHERE r.symbol = w.symbol AND r.status = 'running')
                ORDER BY w.due_at, w.id LIMIT 1 FOR UPDATE OF w SKIP LOCKED) j
            LIMIT 1),
        claimed AS (
            UPDATE enrichment_jobs j SET
                status = 'running', lease_owner = @node, lease_expires_at = now() + @lease, fence = {NextFence},
                attempt = j.attempt + CASE WHEN j.continues_attempt THEN 0 ELSE 1 END, max_attempts = @maxAttempts,
                started_at = coalesce(j.started_at, now()), attempt_started_at = now(), step = NULL, step_timeframe = NULL,
                trace_id = NULL, continues_attempt = false, claim = @claim, updated_at = now()
            FROM chosen, enrichment_jobs old WHERE j.id = chosen.id AND old.id = j.id
            RETURNING j.*, old.continues_attempt AS takes_over),
        attempts AS (
            INSERT INTO enrichment_job_attempts (enrichment_job_id, attempt, fence, node_id, started_at)
            SELECT id, attempt, fence, @node, now() FROM claimed),
        runs AS (
            UPDATE enrichment_history h SET status = 'running', started_at = coalesce(h.started_at, now())
            FROM claimed c WHERE h.job_id = c.job_id AND h.status = 'queued' RETURNING h.job_id),
        shown AS (
            UPDATE symbol_status s SET status = 'running', next_retry_at = NULL, updated_at = now()
            FROM claimed c WHERE s.symbol = c.symbol)
        SELECT {ClaimColumns}, c.takes_over AS continues_attempt, EXISTS (SELECT FROM runs) AS begins_run
        FROM claimed c JOIN enrichment_history h USING (job_id)
        """;

    private const string ClaimColumns = """
        c.id, c.fence AS fence_number, c.job_id, h.trigger, c.symbol, c.asset_class, c.timeframes, c.range_from, c.range_to, c.import_name,
        c.attempt, c.max_attempts, c.queued_at, h.trace_parent
        """;

    // Nobody has worked on it yet, since nobody knew. What claims came before tells whether it goes on with an attempt.
    private const string ReclaimSql = $"""
        WITH claimed AS (
            UPDATE enrichment_jobs SET lease_expires_at = now() + @lease
            WHERE status = 'running' AND lease_owner = @node AND claim = @claim AND lease_expires_at > clock_timestamp() RETURNING *)
        SELECT {ClaimColumns}, true AS answer_was_lost, h.started_at = c.attempt_started_at AS begins_run,
               EXISTS (SELECT FROM enrichment_job_attempts a
                       WHERE a.enrichment_job_id = c.id AND a.attempt = c.attempt AND a.ended_at IS NOT NULL) AS continues_attempt
        FROM claimed c JOIN enrichment_history h USING (job_id)
        """;

    /// <summary>Claims the next due job for <paramref name="node"/>, fairly between runs.</summary>
    /// <param name="node">The claiming node.</param>
    /// <param name="lease">How long the claim holds without a renewal, by the database's clock.</param>
    /// <param name="maxAttempts">Attempts that a job gets, at least 1.</param>
    /// <param name="cancellation">Stops the wait.</param>
    /// <returns>The job; null when none is due or the scheduler is paused.</returns>
    public Task<ClaimedJob?> ClaimAsync(string node, TimeSpan lease, int maxAttempts, CancellationToken cancellation) =>
        ClaimAsync(node, lease, maxAttempts, Guid.NewGuid(), isRepeated: false, cancellation);

    /// <summary>The same, for a caller that asks again when its connection breaks before the answer.</summary>
    /// <param name="node">The claiming node.</param>
    /// <param name="lease">How long the claim holds without a renewal, by the database's clock.</param>
    /// <param name="maxAttempts">Attempts that a job gets, at least 1.</param>
    /// <param name="claim">What the caller calls this claim: the same when it asks again, another one else.</param>
    /// <param name="isRepeated">Whether it asks again: a job that was claimed so before is given to it.</param>
    /// <param name="cancellation">Stops the wait.</param>
    public async Task<ClaimedJob?> ClaimAsync(
        string node, TimeSpan lease, int maxAttempts, Guid claim, bool isRepeated, CancellationToken cancellation)
    {
        var arguments = new { node, lease, maxAttempts, claim, KnownTriggers, KnownTimeframes, KnownAssetClasses };
        await using var connection = await database.OpenConnectionAsync(cancellation);
        if (isRepeated && await connection.QuerySingleOrDefaultAsync<ClaimedJob>(
            Sql.Command("look for claimed job", ReclaimSql, arguments, cancellation)) is { } claimed)
            return claimed;
        while (true)
        {
            try
            {
                return await connection.QuerySingleOrDefaultAsync<ClaimedJob>(Sql.Command("claim next job", ClaimSql, arguments, cancellation));
            }
            catch (PostgresException e) when (
                e is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "enrichment_jobs_one_running" })
            {
                // Another node claimed a job of the same symbol at the same moment: choose again.
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>
    /// Checks that the claim stands, and keeps it so for the rest of the transaction: until that ends, no other node can claim the job.
    /// Renewals and joins go on meanwhile. Call it first in every transaction that writes for the job.
    /// </summary>
    /// <exception cref="LeaseLostException">The claim no longer stands; roll back.</exception>
    /// <exception cref="FailedOverException">The database failed over since the claim; roll back, and give the job back.</exception>
    public static async Task CheckFenceAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, JobFence fence, CancellationToken cancellation)
    {
        // The advisory lock blocks nobody: by it a sweep finds, and ends, the session of a node that stalled within a transaction.
        const string check = $"""
            SELECT pg_advisory_xact_lock_shared(@LockSpace, @LockKey);
            SELECT {IsOfThisTimeline} FROM enrichment_jobs WHERE {ClaimStands} FOR KEY SHARE;
            """;
        var arguments = new { fence.Id, fence.Number, LockSpace = FenceLockSpace, LockKey = (int)(fence.Id & int.MaxValue) };
        await using var results = await connection.QueryMultipleAsync(
            Sql.Command("check lease", check, arguments, cancellation, transaction));
        await results.ReadAsync();
        if (await results.ReadSingleOrDefaultAsync<bool?>() is not { } isOfThisTimeline)
            throw new LeaseLostException(fence);
        if (!isOfThisTimeline)
            throw new FailedOverException(fence);
    }

    /// <summary>Renews the node's leases, on a connection of the caller's that nothing else uses.</summary>
    /// <returns>Those of <paramref name="fences"/> whose leases were renewed; the others are lost.</returns>
    public static async Task<IReadOnlyCollection<JobFence>> RenewAsync(
        NpgsqlConnection connection, string node, IReadOnlyCollection<JobFence> fences, TimeSpan lease, CancellationToken cancellation)
    {
        const string renew = """
            UPDATE enrichment_jobs j SET lease_expires_at = clock_timestamp() + @lease
            FROM unnest(@ids, @fences) AS h (id, fence)
            WHERE j.id = h.id AND j.fence = h.fence AND j.status = 'running' AND j.lease_owner = @node
            RETURNING j.id, j.fence
            """;
        var arguments = new
        {
            node,
            lease,
            ids = fences.Select(fence => fence.Id).ToArray(),
            fences = fences.Select(fence => fence.Number).ToArray(),
        };
        var renewed = await connection.QueryAsync<(long Id, long Number)>(Sql.Command("renew leases", renew, arguments, cancellation));
        return renewed.Select(claim => new JobFence(claim.Id, claim.Number)).ToHashSet();
    }

    /// <summary>Which of the node's jobs a person cancelled alone, on a connection of the caller's that nothing else uses.</summary>
    public static async Task<IReadOnlyCollection<JobFence>> StopRequestedAsync(
        NpgsqlConnection connection, IReadOnlyCollection<JobFence> fences, CancellationToken cancellation)
    {
        const string stopped = """
            SELECT j.id, j.fence FROM enrichment_jobs j JOIN unnest(@ids, @fences) AS h (id, fence) USING (id, fence)
            WHERE j.status = 'running' AND j.stop_requested
            """;
        var arguments = new { ids = fences.Select(fence => fence.Id).ToArray(), fences = fences.Select(fence => fence.Number).ToArray() };
        var found = await connection.QueryAsync<(long Id, long Number)>(Sql.Command("look for stopped jobs", stopped, arguments, cancellation));
        return [.. found.Select(claim => new JobFence(claim.Id, claim.Number))];
    }

    /// <summary>Says which step the job is in, and under which trace.</summary>
    /// <param name="fence">The claim.</param>
    /// <param name="step">The step that begins.</param>
    /// <param name="timeframe">The interval that it works on.</param>
    /// <param name="traceId">The attempt's trace; null when nobody listens.</param>
    /// <param name="shown">What the attempt did so far, for those who watch it; null to leave what they see.</param>
    /// <param name="cancellation">Stops the wait.</param>
    /// <returns>Whether to go on: false once a person cancelled this job.</returns>
    public async Task<bool> EnterStepAsync(
        JobFence fence, string step, string timeframe, string? traceId, IReadOnlyCollection<StepTime>? shown, CancellationToken cancellation)
    {
        // synchronous_commit is off: a step that was lost with the server's power is of no interest.
        // All statements go out at once, and so are one transaction.
        const string enter = """
            SELECT set_config('synchronous_commit', 'off', true);
            UPDATE enrichment_jobs SET step = @step, step_timeframe = @timeframe, trace_id = @traceId, updated_at = now()
            WHERE id = @Id AND fence = @Number AND status = 'running' RETURNING stop_requested;
            """;
        const string show = """
            UPDATE enrichment_job_attempts SET steps = @steps::jsonb, trace_id = @traceId
            WHERE enrichment_job_id = @Id AND fence = @Number AND ended_at IS NULL;
            """;
        var arguments = new { fence.Id, fence.Number, step, timeframe, traceId, steps = shown is null ? null : ToJson(shown) };
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var results = await connection.QueryMultipleAsync(
            Sql.Command("enter step", shown is null ? enter : enter + show, arguments, cancellation));
        await results.ReadAsync();
        return !(await results.ReadAsync<bool>()).Any(stop => stop);
    }

    /// <summary>Adds to the job's tally, in the transaction that stores what is counted. Last in it: it makes renewals wait.</summary>
    public static Task CountAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        JobFence fence,
        long fetched,
        long inserted,
        long updated,
        CancellationToken cancellation)
    {
        const string count = """
            UPDATE enrichment_jobs SET
                records_fetched = records_fetched + @fetched, records_inserted = records_inserted + @inserted,
                records_updated = records_updated + @updated, updated_at = now()
            WHERE id = @Id
            """;
        return connection.ExecuteAsync(
            Sql.Command("count records", count, new { fence.Id, fetched, inserted, updated }, cancellation, transaction));
    }

    /// <summary>Ends a job that did all it was asked to, unless somebody asked for more intervals meanwhile.</summary>
    /// <param name="fence">The claim.</param>
    /// <param name="processed">The intervals worked through.</param>
    /// <param name="steps">What the attempt did.</param>
    /// <param name="cancellation">Stops the wait.</param>
    /// <exception cref="LeaseLostException">The claim no longer holds.</exception>
    /// <exception cref="FailedOverException">The database failed over since the claim: what was done may be gone.</exception>
    public async Task<CompletionResult> CompleteAsync(
        JobFence fence, IReadOnlyCollection<string> processed, IReadOnlyCollection<StepTime> steps, CancellationToken cancellation)
    {
        const string complete = $"""
            WITH ended AS (
                UPDATE enrichment_jobs SET
                    status = 'succeeded', completed_at = now(), lease_owner = NULL, lease_expires_at = NULL, step = NULL,
                    step_timeframe = NULL, losses = 0, waiting_since = NULL, error_kind = NULL, error_reason = NULL,
                    error_providers = NULL, error_message = NULL, error_advice = NULL,
                    worked_ms = worked_ms + {AttemptMs}, updated_at = now()
                WHERE id = @Id AND fence = @Number AND status = 'running' AND timeframes <@ @processed AND {IsOfThisTimeline}
                RETURNING *),
            attempts AS (
                UPDATE enrichment_job_attempts a SET ended_at = now(), outcome = 'succeeded', steps = @steps::jsonb, trace_id = e.trace_id
                FROM ended e WHERE a.enrichment_job_id = e.id AND a.ended_at IS NULL),
            {JobSql.CountEnded},
            {JobSql.ShowHealth}
            SELECT e.status, r.* FROM ended e LEFT JOIN {JobSql.Ended} r ON true, pg_notify('{WorkChannel}', '');
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var arguments = new { fence.Id, fence.Number, processed = processed.ToArray(), steps = ToJson(steps) };
        if (await EndAsync(connection, "complete job", complete, arguments, cancellation) is { } result)
            return new CompletionResult(true, [.. processed], result.EndedRun);
        if (await EndedBeforeAsync(connection, fence, ["succeeded"], "succeeded", cancellation) is { } before)
            return new CompletionResult(true, [.. processed], before.EndedRun) { AnswerWasLost = true };
        return new CompletionResult(false, await AskedAsync(connection, fence, cancellation), null);
    }

    /// <summary>
    /// Leaves a job that was broken off on purpose: it ends when somebody cancelled it, and nobody asked for it since; else it goes back to the
    /// queue. What it stored stays.
    /// </summary>
    /// <param name="fence">The claim.</param>
    /// <param name="steps">What the attempt did.</param>
    /// <param name="cancellation">Stops the wait.</param>
    /// <returns><c>cancelled</c>, and the run when it ended with it; or <c>queued</c>.</returns>
    /// <exception cref="LeaseLostException">The claim no longer holds.</exception>
    public async Task<FailureResult> StopAsync(JobFence fence, IReadOnlyCollection<StepTime> steps, CancellationToken cancellation)
    {
        const string stop = $"""
            WITH ended AS (
                UPDATE enrichment_jobs SET
                    status = 'cancelled', completed_at = now(), lease_owner = NULL, lease_expires_at = NULL, step = NULL,
                    step_timeframe = NULL, losses = 0, waiting_since = NULL, worked_ms = worked_ms + {AttemptMs}, updated_at = now()
                WHERE id = @Id AND fence = @Number AND status = 'running' AND cancel_requested
                RETURNING *),
            attempts AS (
                UPDATE enrichment_job_attempts a SET ended_at = now(), outcome = 'cancelled', steps = @steps::jsonb, trace_id = e.trace_id
                FROM ended e WHERE a.enrichment_job_id = e.id AND a.ended_at IS NULL),
            {JobSql.CountEnded},
            {JobSql.ShowHealth}
            SELECT e.status, r.* FROM ended e LEFT JOIN {JobSql.Ended} r ON true, pg_notify('{WorkChannel}', '');
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await EndAsync(connection, "stop job", stop, new { fence.Id, fence.Number, steps = ToJson(steps) }, cancellation)
            ?? await EndedBeforeAsync(connection, fence, ["cancelled"], "cancelled", cancellation)
            ?? (await ReturnAsync(fence, cancellation) ? new FailureResult("queued", null) : null)
            ?? throw new LeaseLostException(fence);
    }

    /// <summary>
    /// Ends an attempt that failed. Unless the cause is permanent, the attempts are used up or a cancel was asked for, the job is due again
    /// after <paramref name="retryAfter"/>; that instant is stored, so a restart neither loses nor hastens it. An attempt that waits
    /// for circuits is not used up, but a job that has waited for <see cref="JobFailure.LongestWait"/> fails.
    /// </summary>
    /// <returns>The job's state now, and the run when it ended with it.</returns>
    /// <exception cref="LeaseLostException">The claim no longer holds.</exception>
    /// <exception cref="FailedOverException">The database failed over since the claim: what the attempt did before may be gone.</exception>
    public async Task<FailureResult> FailAsync(
        JobFence fence, JobFailure failure, TimeSpan retryAfter, IReadOnlyCollection<StepTime> steps, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var arguments = new
        {
            fence.Id,
            fence.Number,
            failure.IsPermanent,
            failure.IsWaiting,
            failure.LongestWait,
            failure.Health,
            Message = StorableText.Of(failure.Message),
            Advice = StorableText.Of(failure.Advice),
            failure.Reason,
            Providers = failure.Providers.ToArray(),
            retryAfter,
            steps = ToJson(steps),
        };
        var result = await EndAsync(connection, "fail job", FailSql, arguments, cancellation)
            ?? await EndedBeforeAsync(connection, fence, ["failed", "returned", "cancelled"], "retrying", cancellation);
        if (result is null)
            await AskedAsync(connection, fence, cancellation);
        return result ?? throw new LeaseLostException(fence);
    }

    private const string FailSql = $"""
        WITH verdict AS MATERIALIZED (
            SELECT id, CASE
                WHEN @IsPermanent THEN 'failed'
                WHEN cancel_requested THEN 'cancelled'
                WHEN NOT @IsWaiting AND attempt >= max_attempts THEN 'failed'
                WHEN @IsWaiting AND waiting_since <= now() - @LongestWait THEN 'failed'
                ELSE 'retrying' END AS status,
                @Message || CASE WHEN @IsWaiting AND waiting_since <= now() - @LongestWait
                    THEN to_char(waiting_since AT TIME ZONE 'UTC', '" It has waited for that since "YYYY-MM-DD HH24:MI" UTC."') ELSE '' END AS message
            FROM enrichment_jobs WHERE id = @Id AND fence = @Number AND status = 'running' AND {IsOfThisTimeline} FOR UPDATE),
        changed AS (
            UPDATE enrichment_jobs j SET
                status = v.status, lease_owner = NULL, lease_expires_at = NULL, step = NULL, step_timeframe = NULL, losses = 0,
                continues_attempt = @IsWaiting AND v.status = 'retrying',
                waiting_since = CASE WHEN @IsWaiting THEN coalesce(j.waiting_since, now()) END,
                completed_at = CASE WHEN v.status <> 'retrying' THEN now() END,
                due_at = CASE WHEN v.status = 'retrying' THEN now() + @retryAfter ELSE j.due_at END,
                error_kind = CASE WHEN @IsPermanent THEN 'permanent' ELSE 'transient' END, error_reason = @Reason, error_providers = @Providers,
                error_message = v.message, error_advice = @Advice, worked_ms = worked_ms + {AttemptMs}, updated_at = now()
            FROM verdict v WHERE j.id = v.id RETURNING j.*),
        attempts AS (
            UPDATE enrichment_job_attempts a SET
                ended_at = now(), steps = @steps::jsonb,
                outcome = CASE WHEN c.continues_attempt THEN 'returned' WHEN c.status = 'cancelled' THEN 'cancelled' ELSE 'failed' END,
                error_message = c.error_message, trace_id = c.trace_id
            FROM changed c WHERE a.enrichment_job_id = c.id AND a.ended_at IS NULL),
        ended AS (SELECT * FROM changed WHERE status <> 'retrying'),
        {JobSql.CountEnded},
        retried AS (
            UPDATE enrichment_history h SET symbols_retried = h.symbols_retried + 1
            FROM changed c WHERE c.status = 'retrying' AND NOT c.continues_attempt AND c.attempt = 1 AND h.job_id = c.job_id),
        shown AS (
            UPDATE symbol_status s SET
                status = CASE
                    WHEN c.status = 'retrying' THEN 'retrying' WHEN {JobSql.WaitsOtherwise} THEN 'queued'
                    WHEN c.status = 'failed' THEN coalesce(@Health::text, s.health) ELSE s.health END,
                health = CASE c.status WHEN 'failed' THEN coalesce(@Health::text, s.health) ELSE s.health END,
                unknown_since = CASE WHEN c.status = 'failed' AND @Health::text = 'delisted' THEN coalesce(s.unknown_since, now())
                    ELSE s.unknown_since END,
                retry_count = CASE WHEN c.status <> 'retrying' THEN 0 WHEN c.continues_attempt THEN c.attempt - 1 ELSE c.attempt END,
                next_retry_at = CASE c.status WHEN 'retrying' THEN c.due_at END,
                error_message = CASE WHEN c.status = 'failed' AND @Health::text IS NULL THEN s.error_message ELSE c.error_message END,
                error_advice = CASE WHEN c.status = 'failed' AND @Health::text IS NULL THEN s.error_advice ELSE @Advice END,
                error_reason = CASE WHEN c.status = 'failed' AND @Health::text IS NOT NULL THEN @Reason::text ELSE s.error_reason END,
                error_providers = CASE WHEN c.status = 'failed' AND @Health::text IS NOT NULL THEN @Providers::text[] ELSE s.error_providers END,
                error_since = CASE WHEN c.status = 'failed' AND @Health::text IS NOT NULL AND (s.health, s.error_reason) IS DISTINCT FROM (@Health::text, @Reason::text)
                    THEN now() ELSE s.error_since END,
                updated_at = now()
            FROM changed c WHERE s.symbol = c.symbol)
        SELECT c.status, r.* FROM changed c LEFT JOIN {JobSql.Ended} r ON true, pg_notify('{WorkChannel}', '');
        """;

    /// <summary>
    /// Gives back what a node that stops in good order cannot finish; whoever claims it next goes on with the same attempt. As often as nodes
    /// are stopped: nothing of it is the job's doing.
    /// </summary>
    /// <returns>Whether the claim still held.</returns>
    public async Task<bool> ReturnAsync(JobFence fence, CancellationToken cancellation)
    {
        const string giveBack = $"""
            WITH returned AS (
                UPDATE enrichment_jobs SET
                    status = 'queued', lease_owner = NULL, lease_expires_at = NULL, step = NULL, step_timeframe = NULL,
                    due_at = now(), continues_attempt = true, worked_ms = worked_ms + {AttemptMs}, updated_at = now()
                WHERE id = @Id AND fence = @Number AND status = 'running' RETURNING *),
            attempts AS (
                UPDATE enrichment_job_attempts a SET ended_at = now(), outcome = 'returned', trace_id = r.trace_id
                FROM returned r WHERE a.enrichment_job_id = r.id AND a.ended_at IS NULL),
            shown AS (
                UPDATE symbol_status s SET status = 'queued', updated_at = now() FROM returned r WHERE s.symbol = r.symbol)
            SELECT count(*)::int FROM returned, pg_notify('{WorkChannel}', '');
            """;
        return await database.ExecuteScalarAsync<int>("return job", giveBack, new { fence.Id, fence.Number }, cancellation) == 1;
    }

    /// <summary>
    /// Gives back a job whose work was broken off from outside, as by a database that went away. It costs no attempt, but counts as a loss like
    /// a lease that ran out: from the third in a row the job waits before it is given out again, and after <paramref name="maxLosses"/> it has
    /// failed.
    /// </summary>
    /// <param name="fence">The claim.</param>
    /// <param name="cause">What broke the work off, one sentence.</param>
    /// <param name="maxLosses">Losses in a row that a job may have, at least 1.</param>
    /// <param name="cancellation">Stops the wait.</param>
    /// <returns>The job's state now, and the run when it ended with it.</returns>
    /// <exception cref="LeaseLostException">The claim no longer holds.</exception>
    public async Task<FailureResult> LoseAsync(JobFence fence, string cause, int maxLosses, CancellationToken cancellation)
    {
        const string lose = $"""
            WITH lost AS MATERIALIZED (
                SELECT id, lease_owner, losses, cancel_requested, @cause AS cause FROM enrichment_jobs
                WHERE id = @Id AND fence = @Number AND status = 'running' FOR UPDATE),
            {LoseJobs}
            SELECT c.status, r.* FROM changed c LEFT JOIN {JobSql.Ended} r ON true, pg_notify('{WorkChannel}', '');
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var arguments = new { fence.Id, fence.Number, cause = StorableText.Of(cause), maxLosses };
        return await EndAsync(connection, "lose job", lose, arguments, cancellation)
            ?? await EndedBeforeAsync(connection, fence, ["lost"], "queued", cancellation)
            ?? throw new LeaseLostException(fence);
    }

    /// <summary>
    /// Returns jobs whose lease ran out to the queue; any node may do it. A node that stalled within a transaction has that transaction
    /// ended, so that it cannot delay the takeover. From the third loss in a row a job waits before it is given out again, and after
    /// <paramref name="maxLosses"/> it counts as failed: work that fells every node must not go round for ever.
    /// </summary>
    /// <returns>What was found lost and is now free again, or ended.</returns>
    public async Task<IReadOnlyList<LostJob>> SweepAsync(int maxLosses, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await connection.ExecuteAsync(
            Sql.Command("end stalled sessions", EndStalledSessions, new { LockSpace = FenceLockSpace }, cancellation));
        return (await connection.QueryAsync<LostJob>(Sql.Command("sweep lost jobs", SweepSql, new { maxLosses }, cancellation))).AsList();
    }

    private const string EndStalledSessions = """
        SELECT pg_terminate_backend(l.pid)
        FROM enrichment_jobs j
        JOIN pg_locks l ON l.locktype = 'advisory' AND l.objsubid = 2 AND l.classid::bigint = @LockSpace
            AND l.objid::bigint = j.id & 2147483647
        WHERE j.status = 'running' AND j.lease_expires_at < now()
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """;

    private const string SweepSql = $"""
        WITH lost AS MATERIALIZED (
            SELECT id, lease_owner, losses, cancel_requested,
                   format('Node %s stopped renewing its lease%s: it died, was cut off or ran out of memory.', lease_owner,
                          ' in the step ' || step || ' of ' || step_timeframe) AS cause
            FROM enrichment_jobs WHERE status = 'running' AND lease_expires_at < now() ORDER BY id FOR UPDATE SKIP LOCKED),
        {LoseJobs}
        SELECT c.id, c.job_id, c.symbol, c.status, c.node FROM changed c, pg_notify('{WorkChannel}', '');
        """;

    // What a node worked on when it was felled is lost together: each waits another time, so that it does not go round together, and the one
    // job that fells every node does not take the others with it to the end.
    // Expects a CTE lost with id, lease_owner, losses, cancel_requested and cause.
    private const string LoseJobs = $"""
        verdict AS (
            SELECT *, CASE
                WHEN cancel_requested THEN 'cancelled'
                WHEN losses + 1 >= @maxLosses THEN 'failed'
                ELSE 'queued' END AS next_status
            FROM lost),
        changed AS (
            UPDATE enrichment_jobs j SET
                status = l.next_status, lease_owner = NULL, lease_expires_at = NULL, step = NULL, step_timeframe = NULL,
                losses = j.losses + 1, continues_attempt = l.next_status = 'queued',
                due_at = now() + (CASE
                    WHEN j.losses < 2 THEN interval '0'
                    ELSE least(j.losses, 20) * interval '5 seconds' * (0.5 + random() / 2) END),
                completed_at = CASE WHEN l.next_status <> 'queued' THEN now() END,
                error_kind = CASE WHEN l.next_status = 'failed' THEN 'permanent' ELSE j.error_kind END,
                error_reason = CASE WHEN l.next_status = 'failed' THEN 'lost' ELSE j.error_reason END,
                error_providers = CASE WHEN l.next_status <> 'failed' THEN j.error_providers END,
                error_message = CASE WHEN l.next_status = 'failed'
                    THEN format('The work was broken off %s times in a row, the last time in attempt %s. %s', j.losses + 1, j.attempt, l.cause)
                    ELSE j.error_message END,
                error_advice = CASE WHEN l.next_status = 'failed'
                    THEN 'Look into the last node''s log for why it stopped, then trigger the symbol again.' ELSE j.error_advice END,
                worked_ms = worked_ms + {AttemptMs}, updated_at = now()
            FROM verdict l WHERE j.id = l.id RETURNING j.*, l.lease_owner AS node, l.cause),
        attempts AS (
            UPDATE enrichment_job_attempts a SET ended_at = now(), outcome = 'lost', trace_id = c.trace_id, error_message = c.cause
            FROM changed c WHERE a.enrichment_job_id = c.id AND a.ended_at IS NULL),
        ended AS (SELECT * FROM changed WHERE status <> 'queued'),
        {JobSql.CountEnded},
        shown AS (
            UPDATE symbol_status s SET
                status = CASE
                    WHEN c.status = 'queued' OR {JobSql.WaitsOtherwise} THEN 'queued' WHEN c.status = 'failed' THEN 'error' ELSE s.health END,
                health = CASE c.status WHEN 'failed' THEN 'error' ELSE s.health END,
                error_message = CASE c.status WHEN 'failed' THEN c.error_message ELSE s.error_message END,
                error_advice = CASE c.status WHEN 'failed' THEN c.error_advice ELSE s.error_advice END,
                error_reason = CASE c.status WHEN 'failed' THEN 'lost' ELSE s.error_reason END,
                error_providers = CASE WHEN c.status <> 'failed' THEN s.error_providers END,
                error_since = CASE WHEN c.status = 'failed' AND (s.health, s.error_reason) IS DISTINCT FROM ('error', 'lost')
                    THEN now() ELSE s.error_since END,
                updated_at = now()
            FROM changed c WHERE s.symbol = c.symbol)
        """;

    /// <summary>
    /// How long until the next waiting job is due, by the database's clock; null when none waits. Zero when one is due already.
    /// </summary>
    public async Task<TimeSpan?> UntilNextDueAsync(CancellationToken cancellation)
    {
        const string next = """
            SELECT greatest(min(due_at) - now(), interval '0') FROM enrichment_jobs WHERE status IN ('queued', 'retrying')
            """;
        return await database.ExecuteScalarAsync<TimeSpan?>("read next due time", next, null, cancellation);
    }

    // The intervals that the job is to cover by now.
    private static async Task<string[]> AskedAsync(NpgsqlConnection connection, JobFence fence, CancellationToken cancellation)
    {
        const string asked = $"""
            SELECT timeframes, {IsOfThisTimeline} AS is_of_this_timeline FROM enrichment_jobs WHERE id = @Id AND fence = @Number AND status = 'running'
            """;
        var arguments = new { fence.Id, fence.Number };
        var job = await connection.QuerySingleOrDefaultAsync<(string[]? Timeframes, bool IsOfThisTimeline)>(
            Sql.Command("read asked timeframes", asked, arguments, cancellation));
        if (job.Timeframes is null)
            throw new LeaseLostException(fence);
        return job.IsOfThisTimeline ? job.Timeframes : throw new FailedOverException(fence);
    }

    private static async Task<FailureResult?> EndAsync(
        NpgsqlConnection connection, string name, string sql, object arguments, CancellationToken cancellation)
    {
        var rows = await connection.QueryAsync<string, EndedRun?, FailureResult>(
            Sql.Command(name, sql, arguments, cancellation), (status, run) => new FailureResult(status, run), splitOn: "run_id");
        return rows.SingleOrDefault();
    }

    // Nobody but the claim's holder ends an attempt otherwise than as lost: if it has another outcome, the statement that was sent before, and
    // whose answer was lost with its connection, did it.
    private static async Task<FailureResult?> EndedBeforeAsync(
        NpgsqlConnection connection, JobFence fence, string[] outcomes, string whileOpen, CancellationToken cancellation)
    {
        const string ended = $"""
            WITH runs AS (
                SELECT h.* FROM enrichment_history h JOIN enrichment_jobs j USING (job_id)
                JOIN enrichment_job_attempts a ON a.enrichment_job_id = j.id AND a.fence = @Number AND a.ended_at = h.completed_at
                WHERE j.id = @Id)
            SELECT CASE WHEN j.completed_at = a.ended_at THEN j.status ELSE @whileOpen END AS status, r.*
            FROM enrichment_jobs j
            JOIN enrichment_job_attempts a ON a.enrichment_job_id = j.id AND a.fence = @Number AND a.outcome = ANY (@outcomes)
            LEFT JOIN {JobSql.Ended} r ON true
            WHERE j.id = @Id
            """;
        var arguments = new { fence.Id, fence.Number, outcomes, whileOpen };
        return await EndAsync(connection, "look for ended attempt", ended, arguments, cancellation) is { } before
            ? before with { AnswerWasLost = true }
            : null;
    }

    /// <summary>Of <c>enrichment_jobs</c>: that the claim of a <see cref="JobFence"/> stands.</summary>
    internal const string ClaimStands = "id = @Id AND fence = @Number AND status = 'running' AND lease_expires_at > clock_timestamp()";

    private const int FenceLockSpace = 0x4d44;

    // A server that was promoted may lack the last claims, and would give their numbers again: its own have another timeline.
    private const string NextFence = $"({ServerTimeline.Current}::bigint << 32) + (j.fence & 4294967295) + 1";

    // What a claim of an earlier timeline did may be gone, all or in part, although the claim itself is not.
    private const string IsOfThisTimeline = $"@Number >> 32 = {ServerTimeline.Current}";

    private const string AttemptMs = "(extract(epoch FROM now() - attempt_started_at) * 1000)::bigint";

    private static string ToJson(IReadOnlyCollection<StepTime> steps) => JsonSerializer.Serialize(
        [.. steps.Select(step => step.Message is { } message ? step with { Message = StorableText.Of(message) } : step)],
        StepTimeJson.Default.IReadOnlyCollectionStepTime);
}
