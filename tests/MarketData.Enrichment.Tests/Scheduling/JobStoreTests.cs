using Dapper;
using MarketData.Enrichment.Scheduling;
using MarketData.Storage.Enrichment;
using MarketData.Testing;
using Npgsql;

namespace MarketData.Enrichment.Tests.Scheduling;

public sealed class JobStoreTests(PostgresServer server) : QueueTests(server)
{
    private static readonly JobFailure Timeout = new(false, "The provider did not answer.", "Wait; it is tried again.", "timeout");

    [Fact]
    public async Task A_claim_finds_its_job_without_passing_all_that_are_done()
    {
        await ExecuteAsync("INSERT INTO symbols (symbol, asset_class, timeframes) SELECT 'S' || i, 'stock', '{1d}' FROM generate_series(1, 5000) i");
        await TriggerAsync();
        // Written anew: as long as any other session may see them, row versions that an UPDATE leaves behind are passed by each claim.
        await ExecuteAsync(
            """
            CREATE TEMPORARY TABLE jobs AS TABLE enrichment_jobs;
            UPDATE jobs SET status = 'succeeded', completed_at = now() WHERE id IN (SELECT id FROM jobs ORDER BY id LIMIT 4000);
            TRUNCATE enrichment_jobs CASCADE;
            ALTER TABLE enrichment_jobs SET (autovacuum_enabled = false);
            INSERT INTO enrichment_jobs OVERRIDING SYSTEM VALUE TABLE jobs;
            ANALYZE enrichment_jobs;
            """);
        // One session, so that its figures can be had at once.
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString) { MaxPoolSize = 1 });
        var before = await BlocksReadAsync();

        for (var i = 0; i < 10; i++)
            (await new JobStore(source).ClaimAsync("node-a", Lease, 4, Cancellation)).ShouldNotBeNull();

        // The table alone has some 250.
        (await BlocksReadAsync() - before).ShouldBeInRange(10, 1000);

        async Task<long> BlocksReadAsync()
        {
            await using var connection = await source.OpenConnectionAsync(Cancellation);
            await connection.ExecuteAsync("SELECT pg_stat_force_next_flush()");
            return await connection.ExecuteScalarAsync<long>("SELECT heap_blks_hit + heap_blks_read FROM pg_statio_user_tables WHERE relname = 'enrichment_jobs'");
        }
    }

    [Fact]
    public async Task Two_nodes_never_claim_the_same_symbol()
    {
        await TrackAsync([.. Enumerable.Range(0, 40).Select(i => $"S{i}")]);
        await TriggerAsync();

        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(node => ClaimAllAsync($"node-{node}")));

        var symbols = claims.SelectMany(claimed => claimed).Select(job => job.Symbol).ToList();
        symbols.Count.ShouldBe(43);
        symbols.ShouldBeUnique();
    }

    [Fact]
    public async Task A_backfill_of_a_symbol_waits_while_its_other_job_runs()
    {
        await TriggerAsync("AAPL");
        await Runs.CreateAsync(
            new RunRequest { Trigger = RunTrigger.Backfill, Symbols = ["AAPL"], From = Utc(2020), To = Utc(2021) }, Cancellation);
        var first = await ClaimAsync();

        (await Jobs.ClaimAsync("node-b", Lease, 4, Cancellation)).ShouldBeNull();
        await SucceedAsync(first);

        (await ClaimAsync("node-b")).Symbol.ShouldBe("AAPL");
    }

    [Fact]
    public async Task Runs_take_turns_so_that_a_small_one_need_not_wait_for_a_large_one()
    {
        await TrackAsync([.. Enumerable.Range(0, 20).Select(i => $"S{i:00}")]);
        await TriggerAsync([.. Enumerable.Range(0, 20).Select(i => $"S{i:00}")]);
        await ClaimAsync();
        await ClaimAsync();
        var small = await TriggerAsync("AAPL", "MSFT");

        var next = new[] { await ClaimAsync(), await ClaimAsync() };

        next.ShouldAllBe(job => job.JobId == small.JobId);
    }

    [Fact]
    public async Task Paused_nothing_begins_and_resumed_it_does()
    {
        await TriggerAsync("AAPL");
        await Scheduler.PauseAsync("ops", Cancellation);
        await Scheduler.PauseAsync("somebody else", Cancellation);

        (await Jobs.ClaimAsync("node-a", Lease, 4, Cancellation)).ShouldBeNull();
        (await Scheduler.ReadAsync(Cancellation)).ChangedBy.ShouldBe("ops");
        (await Scheduler.ResumeAsync("ops", Cancellation)).Paused.ShouldBeFalse();

        (await ClaimAsync()).Symbol.ShouldBe("AAPL");
    }

    [Fact]
    public async Task A_run_ends_with_its_last_job_even_when_all_end_at_once()
    {
        await TrackAsync([.. Enumerable.Range(0, 20).Select(i => $"S{i}")]);
        var ticket = await TriggerAsync();
        var jobs = await ClaimAllAsync("node-a");

        var results = await Task.WhenAll(jobs.Select(job => Jobs.CompleteAsync(job.Fence, job.Timeframes, [], Cancellation)));

        var ended = results.Select(result => result.EndedRun).OfType<EndedRun>().ShouldHaveSingleItem();
        ended.RunId.ShouldBe(ticket.JobId!.Value);
        ended.RunStatus.ShouldBe("completed");
        ended.SymbolsSuccessful.ShouldBe(23);
    }

    [Fact]
    public async Task A_transient_failure_waits_for_its_stored_time_and_then_begins_the_next_attempt()
    {
        await TriggerAsync("AAPL");
        var first = await ClaimAsync();

        (await Jobs.FailAsync(first.Fence, Timeout, TimeSpan.FromMinutes(5), [], Cancellation)).Status.ShouldBe("retrying");

        (await Jobs.ClaimAsync("node-a", Lease, 4, Cancellation)).ShouldBeNull();
        (await Jobs.UntilNextDueAsync(Cancellation)).ShouldNotBeNull().ShouldBeInRange(TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
        (await ScalarAsync<string>("SELECT status FROM enrichment_status WHERE symbol = 'AAPL'")).ShouldBe("retrying");
        (await ScalarAsync<int>("SELECT symbols_retried FROM enrichment_history")).ShouldBe(1);
        await ExecuteAsync("UPDATE enrichment_jobs SET due_at = now()");
        (await ClaimAsync()).Attempt.ShouldBe(2);
    }

    [Fact]
    public async Task After_its_last_attempt_a_job_has_failed_and_says_why()
    {
        await TriggerAsync("AAPL");
        var states = new List<FailureResult>();
        for (var attempt = 1; attempt <= 4; attempt++)
        {
            var job = await ClaimAsync();
            job.Attempt.ShouldBe(attempt);
            states.Add(await Jobs.FailAsync(job.Fence, Timeout, TimeSpan.Zero, [new StepTime("fetch", "1d", 12)], Cancellation));
        }

        states.Select(state => state.Status).ShouldBe(["retrying", "retrying", "retrying", "failed"]);
        states[^1].EndedRun.ShouldNotBeNull().RunStatus.ShouldBe("failed");
        (await ScalarAsync<string>("SELECT status || ': ' || error_message || ' ' || error_advice FROM enrichment_status"))
            .ShouldBe("error: The provider did not answer. Wait; it is tried again.");
        (await ScalarAsync<int>("SELECT count(*) FROM enrichment_job_attempts WHERE outcome = 'failed'")).ShouldBe(4);
        (await ScalarAsync<string>("SELECT steps->0->>'step' FROM enrichment_job_attempts LIMIT 1")).ShouldBe("fetch");
    }

    [Fact]
    public async Task A_permanent_failure_is_not_retried()
    {
        await TriggerAsync("AAPL");
        var job = await ClaimAsync();

        var state = await Jobs.FailAsync(job.Fence, Timeout with { IsPermanent = true }, TimeSpan.FromMinutes(1), [], Cancellation);

        state.Status.ShouldBe("failed");
    }

    [Fact]
    public async Task A_lease_that_ran_out_is_taken_over_as_the_same_attempt_with_a_higher_fence()
    {
        await TriggerAsync("AAPL");
        var first = await ClaimAsync("node-a", TimeSpan.Zero);

        var lost = await Jobs.SweepAsync(10, Cancellation);
        var second = await ClaimAsync("node-b");

        lost.ShouldHaveSingleItem().Node.ShouldBe("node-a");
        second.Attempt.ShouldBe(1);
        second.ContinuesAttempt.ShouldBeTrue();
        second.FenceNumber.ShouldBeGreaterThan(first.FenceNumber);
        (await ScalarAsync<string>("SELECT string_agg(coalesce(outcome, 'running'), ',' ORDER BY id) FROM enrichment_job_attempts"))
            .ShouldBe("lost,running");
    }

    [Fact]
    public async Task A_node_that_lost_its_lease_can_neither_write_nor_end_the_job()
    {
        await TriggerAsync("AAPL");
        var stale = await ClaimAsync("node-a", TimeSpan.Zero);
        await Jobs.SweepAsync(10, Cancellation);
        await ClaimAsync("node-b");

        await using var connection = await Database.OpenConnectionAsync(Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        await Should.ThrowAsync<LeaseLostException>(() => JobStore.CheckFenceAsync(connection, transaction, stale.Fence, Cancellation));
        await Should.ThrowAsync<LeaseLostException>(() => Jobs.CompleteAsync(stale.Fence, stale.Timeframes, [], Cancellation));
        await Should.ThrowAsync<LeaseLostException>(() => Jobs.FailAsync(stale.Fence, Timeout, default, [], Cancellation));
        (await Jobs.ReturnAsync(stale.Fence, Cancellation)).ShouldBeFalse();
        (await JobStore.RenewAsync(connection, "node-a", [stale.Fence], Lease, Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Renewals_and_joins_go_on_while_a_write_holds_the_claim()
    {
        await TriggerAsync("AAPL");
        var job = await ClaimAsync("node-a");
        await using var writer = await Database.OpenConnectionAsync(Cancellation);
        await using var transaction = await writer.BeginTransactionAsync(Cancellation);
        await JobStore.CheckFenceAsync(writer, transaction, job.Fence, Cancellation);

        await using var connection = await Database.OpenConnectionAsync(Cancellation);
        (await JobStore.RenewAsync(connection, "node-a", [job.Fence], Lease, Cancellation)).ShouldBe([job.Fence]);
        (await TriggerAsync("AAPL")).AlreadyRunning.ShouldBe(["AAPL"]);
    }

    [Fact]
    public async Task A_node_that_has_the_job_again_renews_the_new_claim_and_not_the_old()
    {
        await TriggerAsync("AAPL");
        var old = await ClaimAsync("node-a", TimeSpan.Zero);
        await Jobs.SweepAsync(10, Cancellation);
        var again = await ClaimAsync("node-a");
        var leases = new JobLeases(TimeProvider.System);
        using var oldLease = leases.Add(old.Fence, 0, Cancellation);
        using var newLease = leases.Add(again.Fence, 0, Cancellation);

        await using var connection = await Database.OpenConnectionAsync(Cancellation);
        var renewed = await JobStore.RenewAsync(connection, "node-a", leases.Fences, Lease, Cancellation);
        leases.Renewed(leases.Fences, renewed, askedAt: 1);

        renewed.ShouldBe([again.Fence]);
        (oldLease.IsLost, newLease.IsLost).ShouldBe((true, false));
    }

    [Fact]
    public async Task A_claim_that_was_made_but_not_answered_is_known_as_ones_own_and_is_no_loss()
    {
        await TriggerAsync("AAPL", "MSFT");
        await using var wire = TcpProxy.ToServerOf(ConnectionString);
        await using var source = NpgsqlDataSource.Create(wire.Through(ConnectionString));
        var (jobs, claim) = (new JobStore(source), Guid.NewGuid());

        wire.LoseAnswerTo("claim next job");
        await Should.ThrowAsync<NpgsqlException>(() => jobs.ClaimAsync("node-a", Lease, 4, claim, isRepeated: false, Cancellation));
        var job = await jobs.ClaimAsync("node-a", Lease, 4, claim, isRepeated: true, Cancellation);
        var next = await jobs.ClaimAsync("node-a", Lease, 4, Guid.NewGuid(), isRepeated: false, Cancellation);

        job.ShouldNotBeNull().ShouldSatisfyAllConditions(
            () => job!.AnswerWasLost.ShouldBeTrue(), () => job!.BeginsRun.ShouldBeTrue(), () => job!.ContinuesAttempt.ShouldBeFalse());
        next.ShouldNotBeNull().Symbol.ShouldNotBe(job.Symbol);
        await SucceedAsync(job);
        (await ScalarAsync<string>("SELECT string_agg(coalesce(outcome, 'running'), ',' ORDER BY id) FROM enrichment_job_attempts"))
            .ShouldBe("succeeded,running");
    }

    [Fact]
    public async Task A_claim_that_did_not_arrive_is_made_when_it_is_asked_for_again()
    {
        await TriggerAsync("AAPL");
        await using var wire = TcpProxy.ToServerOf(ConnectionString);
        await using var source = NpgsqlDataSource.Create(wire.Through(ConnectionString));
        var (jobs, claim) = (new JobStore(source), Guid.NewGuid());

        wire.Lose("claim next job");
        await Should.ThrowAsync<NpgsqlException>(() => jobs.ClaimAsync("node-a", Lease, 4, claim, isRepeated: false, Cancellation));

        (await jobs.ClaimAsync("node-a", Lease, 4, claim, isRepeated: true, Cancellation)).ShouldNotBeNull().AnswerWasLost.ShouldBeFalse();
    }

    [Fact]
    public async Task A_job_whose_end_was_recorded_but_not_answered_has_ended()
    {
        var ticket = await TriggerAsync("AAPL");
        var job = await ClaimAsync();
        await using var wire = TcpProxy.ToServerOf(ConnectionString);
        await using var source = NpgsqlDataSource.Create(wire.Through(ConnectionString));
        var jobs = new JobStore(source);

        wire.LoseAnswerTo("complete job");
        await Should.ThrowAsync<NpgsqlException>(() => jobs.CompleteAsync(job.Fence, job.Timeframes, [], Cancellation));
        var result = await jobs.CompleteAsync(job.Fence, job.Timeframes, [], Cancellation);

        (result.IsDone, result.AnswerWasLost).ShouldBe((true, true));
        result.EndedRun.ShouldNotBeNull().RunId.ShouldBe(ticket.JobId!.Value);
        (await ScalarAsync<int>("SELECT symbols_successful FROM enrichment_history")).ShouldBe(1);
    }

    [Theory]
    [InlineData(false, "retrying")]
    [InlineData(true, "failed")]
    public async Task A_failure_that_was_recorded_but_not_answered_stands_even_when_another_has_the_job_by_now(bool isPermanent, string status)
    {
        await TriggerAsync("AAPL");
        var job = await ClaimAsync();
        await using var wire = TcpProxy.ToServerOf(ConnectionString);
        await using var source = NpgsqlDataSource.Create(wire.Through(ConnectionString));
        var jobs = new JobStore(source);

        wire.LoseAnswerTo("fail job");
        var failure = Timeout with { IsPermanent = isPermanent };
        await Should.ThrowAsync<NpgsqlException>(() => jobs.FailAsync(job.Fence, failure, TimeSpan.Zero, [], Cancellation));
        var next = await Jobs.ClaimAsync("node-b", Lease, 4, Cancellation);
        var result = await jobs.FailAsync(job.Fence, failure, TimeSpan.Zero, [], Cancellation);

        (next is null).ShouldBe(isPermanent);
        (result.Status, result.AnswerWasLost, result.EndedRun is null).ShouldBe((status, true, !isPermanent));
    }

    [Fact]
    public async Task A_job_whose_end_did_not_arrive_has_not_ended()
    {
        await TriggerAsync("AAPL");
        var job = await ClaimAsync();
        await using var wire = TcpProxy.ToServerOf(ConnectionString);
        await using var source = NpgsqlDataSource.Create(wire.Through(ConnectionString));
        var jobs = new JobStore(source);

        wire.Lose("complete job");
        await Should.ThrowAsync<NpgsqlException>(() => jobs.CompleteAsync(job.Fence, job.Timeframes, [], Cancellation));
        (await ScalarAsync<string>("SELECT status FROM enrichment_jobs")).ShouldBe("running");

        (await jobs.CompleteAsync(job.Fence, job.Timeframes, [], Cancellation)).AnswerWasLost.ShouldBeFalse();
    }

    [Fact]
    public async Task A_node_that_stalls_within_a_transaction_cannot_hold_up_the_takeover()
    {
        await TriggerAsync("AAPL");
        var job = await ClaimAsync("node-a");
        await using var stalled = await Database.OpenConnectionAsync(Cancellation);
        await using var transaction = await stalled.BeginTransactionAsync(Cancellation);
        await JobStore.CheckFenceAsync(stalled, transaction, job.Fence, Cancellation);
        await ExecuteAsync("UPDATE enrichment_jobs SET lease_expires_at = now() - interval '1 second'");

        await Eventually.BecomesAsync(async () => (await Jobs.SweepAsync(10, Cancellation)).Count > 0, TimeSpan.FromSeconds(60), Cancellation);

        (await ClaimAsync("node-b")).Symbol.ShouldBe("AAPL");
        await Should.ThrowAsync<NpgsqlException>(() => transaction.CommitAsync(Cancellation));
    }

    [Fact]
    public async Task Work_that_fells_every_node_waits_longer_and_fails_in_the_end()
    {
        await TriggerAsync("AAPL");
        var lost = new List<string>();
        for (var loss = 0; loss < 5; loss++)
        {
            await ExecuteAsync("UPDATE enrichment_jobs SET due_at = now() WHERE status = 'queued'");
            await ClaimAsync("node-a", TimeSpan.Zero);
            lost.AddRange((await Jobs.SweepAsync(5, Cancellation)).Select(job => job.Status));
        }

        lost.ShouldBe(["queued", "queued", "queued", "queued", "failed"]);
        (await ScalarAsync<string>("SELECT status FROM enrichment_history")).ShouldBe("failed");
        (await ScalarAsync<string>("SELECT status FROM enrichment_status")).ShouldBe("error");
        (await ScalarAsync<string>("SELECT error_message FROM enrichment_status")).ShouldBe(
            "The work was broken off 5 times in a row, the last time in attempt 1. "
            + "Node node-a stopped renewing its lease: it died, was cut off or ran out of memory.");
    }

    [Fact]
    public async Task Jobs_that_are_lost_together_again_and_again_do_not_go_round_together()
    {
        await TriggerAsync("AAPL", "MSFT", "SPY");
        for (var loss = 0; loss < 4; loss++)
        {
            await ExecuteAsync("UPDATE enrichment_jobs SET due_at = now() WHERE status = 'queued'");
            for (var job = 0; job < 3; job++)
                await ClaimAsync("node-a", TimeSpan.Zero);
            (await Jobs.SweepAsync(25, Cancellation)).Count.ShouldBe(3);
        }

        (await ScalarAsync<int>("SELECT count(DISTINCT due_at) FROM enrichment_jobs")).ShouldBe(3);
        (await ScalarAsync<bool>("SELECT bool_and(due_at - updated_at BETWEEN interval '7.5 seconds' AND interval '15 seconds') FROM enrichment_jobs"))
            .ShouldBeTrue();
    }

    [Fact]
    public async Task Work_that_is_broken_off_again_and_again_fails_in_the_end_and_says_by_what()
    {
        await TriggerAsync("AAPL");
        var results = new List<FailureResult>();
        for (var loss = 0; loss < 3; loss++)
        {
            await ExecuteAsync("UPDATE enrichment_jobs SET due_at = now() WHERE status = 'queued'");
            var job = await ClaimAsync();
            job.Attempt.ShouldBe(1);
            results.Add(await Jobs.LoseAsync(job.Fence, $"Wire {loss} broke.", 3, Cancellation));
        }

        results.Select(result => result.Status).ShouldBe(["queued", "queued", "failed"]);
        results[^1].EndedRun.ShouldNotBeNull().RunStatus.ShouldBe("failed");
        (await ScalarAsync<string>("SELECT status || ': ' || error_message FROM enrichment_status"))
            .ShouldBe("error: The work was broken off 3 times in a row, the last time in attempt 1. Wire 2 broke.");
        (await ScalarAsync<string>("SELECT string_agg(outcome || ' ' || error_message, ', ' ORDER BY id) FROM enrichment_job_attempts"))
            .ShouldBe("lost Wire 0 broke., lost Wire 1 broke., lost Wire 2 broke.");
    }

    [Fact]
    public async Task Losses_and_failures_in_turn_end_with_the_last_attempt()
    {
        await TriggerAsync("AAPL");
        var claims = 0;
        for (string status = "queued"; status != "failed"; claims++)
        {
            claims.ShouldBeLessThan(20);
            await ExecuteAsync("UPDATE enrichment_jobs SET due_at = now()");
            var job = await ClaimAsync();
            status = claims % 2 == 0
                ? (await Jobs.LoseAsync(job.Fence, "The wire broke.", 3, Cancellation)).Status
                : (await Jobs.FailAsync(job.Fence, Timeout, TimeSpan.Zero, [], Cancellation)).Status;
        }

        claims.ShouldBe(8);
    }

    [Fact]
    public async Task A_job_that_waits_for_circuits_keeps_its_attempt_but_does_not_wait_for_ever()
    {
        await TriggerAsync("AAPL");
        var waiting = Timeout with { IsWaiting = true, LongestWait = TimeSpan.FromHours(6) };
        var first = await ClaimAsync();
        (await Jobs.FailAsync(first.Fence, waiting, TimeSpan.Zero, [], Cancellation)).Status.ShouldBe("retrying");
        await ExecuteAsync("UPDATE enrichment_jobs SET waiting_since = waiting_since - interval '5 hours 59 minutes'");
        var second = await ClaimAsync();
        second.Attempt.ShouldBe(1);
        (await Jobs.FailAsync(second.Fence, waiting, TimeSpan.Zero, [], Cancellation)).Status.ShouldBe("retrying");
        await ExecuteAsync("UPDATE enrichment_jobs SET waiting_since = '2026-11-27 07:05Z'");

        (await Jobs.FailAsync((await ClaimAsync()).Fence, waiting, TimeSpan.Zero, [], Cancellation)).Status.ShouldBe("failed");

        (await ScalarAsync<string>("SELECT status || ': ' || error_message FROM enrichment_status"))
            .ShouldBe("error: The provider did not answer. It has waited for that since 2026-11-27 07:05 UTC.");
    }

    [Fact]
    public async Task An_attempt_in_between_begins_the_wait_for_circuits_anew()
    {
        await TriggerAsync("AAPL");
        var waiting = Timeout with { IsWaiting = true };
        await Jobs.FailAsync((await ClaimAsync()).Fence, waiting, TimeSpan.Zero, [], Cancellation);
        await ExecuteAsync("UPDATE enrichment_jobs SET waiting_since = now() - interval '2 days'");
        await Jobs.FailAsync((await ClaimAsync()).Fence, Timeout, TimeSpan.Zero, [], Cancellation);

        (await Jobs.FailAsync((await ClaimAsync()).Fence, waiting, TimeSpan.Zero, [], Cancellation)).Status.ShouldBe("retrying");
    }

    [Theory]
    [InlineData("a\0b", "a\uFFFDb")]
    [InlineData("half ~ of a pair", "half \uFFFD of a pair")]
    [InlineData("whole \uD83D\uDE00", "whole \uD83D\uDE00")]
    public async Task What_a_provider_says_keeps_no_job_from_ending(string said, string recorded)
    {
        // An attribute cannot hold half a surrogate pair.
        said = said.Replace('~', '\uD83D');
        await TriggerAsync("AAPL", "MSFT");
        var (first, second) = (await ClaimAsync(), await ClaimAsync());

        await Jobs.FailAsync(first.Fence, Timeout with { IsPermanent = true, Message = said, Advice = said }, default, [], Cancellation);
        await Jobs.LoseAsync(second.Fence, said, 1, Cancellation);

        (await ScalarAsync<string>("SELECT error_message FROM enrichment_jobs WHERE id = @Id", new { first.Id })).ShouldBe(recorded);
        (await ScalarAsync<string>("SELECT error_message FROM enrichment_jobs WHERE id = @Id", new { second.Id })).ShouldEndWith(recorded);
    }

    [Fact]
    public async Task What_is_given_back_goes_on_elsewhere_at_once_as_the_same_attempt()
    {
        await TriggerAsync("AAPL");
        var job = await ClaimAsync("node-a");

        (await Jobs.ReturnAsync(job.Fence, Cancellation)).ShouldBeTrue();

        var next = await ClaimAsync("node-b");
        next.Attempt.ShouldBe(1);
        next.ContinuesAttempt.ShouldBeTrue();
    }

    [Fact]
    public async Task Work_that_becomes_due_is_announced()
    {
        await using var listener = await Database.OpenConnectionAsync(Cancellation);
        await using (var listen = new NpgsqlCommand($"LISTEN {JobStore.WorkChannel}", listener))
            await listen.ExecuteNonQueryAsync(Cancellation);

        await TriggerAsync("AAPL");

        (await listener.WaitAsync(TimeSpan.FromSeconds(60), Cancellation)).ShouldBeTrue();
    }

    private static DateTime Utc(int year) => new(year, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private async Task<List<ClaimedJob>> ClaimAllAsync(string node)
    {
        var claimed = new List<ClaimedJob>();
        while (await Jobs.ClaimAsync(node, Lease, 4, Cancellation) is { } job)
            claimed.Add(job);
        return claimed;
    }
}
