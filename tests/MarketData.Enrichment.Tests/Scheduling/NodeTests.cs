using System.Diagnostics.Metrics;
using Dapper;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Pipeline;
using MarketData.Enrichment.Resilience;
using MarketData.Storage;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Writes;
using MarketData.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MarketData.Enrichment.Tests.Scheduling;

public sealed class NodeTests(PostgresServer server) : QueueTests(server)
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_node_works_on_five_symbols_at_once_and_shows_its_load()
    {
        await TrackAsync([.. Enumerable.Range(0, 5).Select(i => $"S{i}")]);
        var work = new HeldWork();
        await using var node = await TestNode.StartAsync(ConnectionString, work.RunAsync, new() { ["Enrichment:Lease:RenewInterval"] = "00:00:00.200" });

        var run = await TriggerAsync();
        await Eventually.BecomesAsync(() => work.Active.Count == 5, WaitLimit, Cancellation);
        await Eventually.BecomesAsync(
            async () => await ScalarAsync<int>("SELECT running FROM enrichment_nodes WHERE node_id = @Id", new { node.Id }) == 5, WaitLimit, Cancellation);
        work.Release();
        await EndedAsync(run);

        work.Most.ShouldBe(5);
        (await ScalarAsync<string>("SELECT status FROM enrichment_history")).ShouldBe("completed");
    }

    [Fact]
    public async Task A_node_whose_entry_was_forgotten_while_it_was_suspended_is_live_again_and_works_on()
    {
        var work = new HeldWork();
        await using var node = await TestNode.StartAsync(
            ConnectionString, work.RunAsync, new() { ["Enrichment:Lease:RenewInterval"] = "00:00:00.200" });

        await ExecuteAsync("DELETE FROM enrichment_nodes");

        var cluster = new ClusterReader(Database);
        await Eventually.BecomesAsync(async () => (await cluster.ReadAsync(Cancellation)).NodesLive == 1, WaitLimit, Cancellation);
        (await ScalarAsync<string>("SELECT node_id || ' ' || process_id || ' ' || concurrency FROM enrichment_nodes"))
            .ShouldBe($"{node.Id} {Environment.ProcessId} 5");
        var run = await TriggerAsync();
        work.Release();
        await EndedAsync(run);
        await node.StopAsync();
        (await ScalarAsync<bool>("SELECT stopped_at IS NOT NULL FROM enrichment_nodes")).ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_made_up_for_when_the_machine_wakes_is_done_as_of_then()
    {
        var machine = new SleepingMachine();
        var clock = new DatabaseClock(machine);
        var (begunAt, work) = (DateTimeOffset.MinValue, new HeldWork());
        work.Release();
        await using var node = await TestNode.StartAsync(
            ConnectionString,
            (progress, interval, cancellation) =>
            {
                begunAt = clock.GetUtcNow();
                return work.RunAsync(progress, interval, cancellation);
            },
            clock: clock);
        await clock.ReadAsync(Database, Cancellation);

        machine.Slept = TimeSpan.FromDays(1);
        await EndedAsync(await TriggerAsync());

        begunAt.ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task What_nobody_enriches_becomes_stale_by_itself()
    {
        await TrackAsync("OLD", "NEW");
        await ExecuteAsync(
            """
            INSERT INTO series (symbol, timeframe, first_ts, last_ts, records, quality_score, completeness, validation_rate)
            SELECT symbol, '1d', now() - interval '100 days', now() - (symbol = 'OLD')::int * interval '20 days' - interval '2 days', 60, 1, 1, 1 FROM symbols WHERE symbol IN ('OLD', 'NEW')
            """);
        await ExecuteAsync("INSERT INTO enrichment_status (symbol, asset_class, status, health) SELECT symbol, 'stock', 'healthy', 'healthy' FROM symbols");
        await using var node = await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask);

        await Eventually.BecomesAsync(
            () => ScalarAsync<bool>("SELECT status = 'stale' AND data_age_seconds > 86400 * 18 FROM enrichment_status WHERE symbol = 'OLD'"), WaitLimit, Cancellation);

        (await ScalarAsync<string>("SELECT status FROM enrichment_status WHERE symbol = 'NEW'")).ShouldNotBe("stale");
    }

    [Fact]
    public async Task Two_nodes_share_the_work_and_no_symbol_is_worked_on_twice()
    {
        await TrackAsync([.. Enumerable.Range(0, 9).Select(i => $"S{i}")]);
        var work = new HeldWork();
        await using var first = await TestNode.StartAsync(ConnectionString, work.RunAsync);
        await using var second = await TestNode.StartAsync(ConnectionString, work.RunAsync);

        var run = await TriggerAsync();
        await Eventually.BecomesAsync(() => work.Active.Count == 10, WaitLimit, Cancellation);
        var load = await ScalarAsync<string>(
            "SELECT string_agg(jobs::text, ',') FROM (SELECT count(*) AS jobs FROM enrichment_jobs WHERE status = 'running' GROUP BY lease_owner) x");
        work.Release();
        await EndedAsync(run);

        load.ShouldBe("5,5");
        (await ScalarAsync<int>("SELECT count(*) FROM enrichment_job_attempts WHERE outcome = 'succeeded'")).ShouldBe(12);
        (await ScalarAsync<int>("SELECT count(*) FROM enrichment_job_attempts")).ShouldBe(12);
    }

    [Fact]
    public async Task A_node_that_stops_in_good_order_gives_back_what_it_holds_and_another_goes_on_at_once()
    {
        var work = new HeldWork();
        await using var second = await TestNode.StartAsync(ConnectionString, work.RunAsync, new() { ["Enrichment:Concurrency"] = "1" });
        await using (var first = await TestNode.StartAsync(ConnectionString, work.RunAsync))
        {
            await TriggerAsync();
            await Eventually.BecomesAsync(() => work.Active.Count == 3, WaitLimit, Cancellation);
            await first.StopAsync();
            (await ScalarAsync<int>("SELECT count(*) FROM enrichment_jobs WHERE lease_owner = @Id", new { first.Id })).ShouldBe(0);
            (await ScalarAsync<bool>("SELECT stopped_at IS NOT NULL FROM enrichment_nodes WHERE node_id = @Id", new { first.Id })).ShouldBeTrue();
        }

        work.Release();
        await EndedAsync();

        (await ScalarAsync<int>("SELECT max(attempt) FROM enrichment_jobs")).ShouldBe(1);
        (await ScalarAsync<int>("SELECT count(*) FROM enrichment_jobs WHERE status = 'succeeded'")).ShouldBe(3);
    }

    [Fact]
    public async Task Work_whose_claim_another_node_has_is_broken_off_and_ends_nothing()
    {
        var work = new HeldWork();
        await using var node = await TestNode.StartAsync(ConnectionString, work.RunAsync, new() { ["Enrichment:Lease:RenewInterval"] = "00:00:00.200" });
        await TriggerAsync("AAPL");
        await Eventually.BecomesAsync(() => work.Active.Count == 1, WaitLimit, Cancellation);

        await ExecuteAsync("UPDATE enrichment_jobs SET fence = fence + 1, lease_owner = 'another', lease_expires_at = now() + interval '1 hour'");
        await Eventually.BecomesAsync(() => work.BrokenOff.Contains("AAPL"), WaitLimit, Cancellation);

        (await ScalarAsync<string>("SELECT status || ' ' || lease_owner FROM enrichment_jobs")).ShouldBe("running another");
    }

    [Fact]
    public async Task Clocks_that_are_a_minute_off_take_no_work_from_anybody()
    {
        var work = new HeldWork();
        await using var behind = await TestNode.StartAsync(ConnectionString, work.RunAsync, skew: TimeSpan.FromMinutes(-1));
        var run = await TriggerAsync();
        await Eventually.BecomesAsync(() => work.Active.Count == 3, WaitLimit, Cancellation);
        await using var ahead = await TestNode.StartAsync(ConnectionString, work.RunAsync, skew: TimeSpan.FromMinutes(1));

        // The node ahead has swept by now, and has beaten after the node behind.
        await Eventually.BecomesAsync(
            async () => await ScalarAsync<bool>("SELECT heartbeat_at > started_at + interval '1 second' FROM enrichment_nodes WHERE node_id = @Id", new { ahead.Id }),
            WaitLimit,
            Cancellation);
        work.Active.Count.ShouldBe(3);
        work.Release();
        await EndedAsync(run);

        (await ScalarAsync<int>("SELECT count(*) FROM enrichment_job_attempts WHERE outcome = 'succeeded'")).ShouldBe(3);
        (await ScalarAsync<int>("SELECT count(*) FROM enrichment_job_attempts")).ShouldBe(3);
        work.BrokenOff.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_retry_waits_for_its_stored_time_whichever_node_makes_it()
    {
        var failing = new Dictionary<string, string?> { ["Enrichment:Retry:BaseDelay"] = "00:00:04", ["Enrichment:Retry:MaxDelay"] = "00:00:04" };
        TestNode first;
        await using (first = await TestNode.StartAsync(ConnectionString, Fail(ProviderErrorKind.Transient), failing))
        {
            await TriggerAsync("AAPL");
            await StatusAsync("AAPL", "retrying");
        }

        var dueAt = await ScalarAsync<DateTime>("SELECT due_at FROM enrichment_jobs");
        await using var second = await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask);
        await EndedAsync();

        (await ScalarAsync<DateTime>("SELECT max(started_at) FROM enrichment_job_attempts")).ShouldBeGreaterThanOrEqualTo(dueAt);
        (await ScalarAsync<int>("SELECT attempt FROM enrichment_jobs")).ShouldBe(2);
        (await ScalarAsync<TimeSpan>("SELECT due_at - min(ended_at) FROM enrichment_jobs j, enrichment_job_attempts a GROUP BY due_at"))
            .ShouldBeInRange(TimeSpan.FromSeconds(2.9), TimeSpan.FromSeconds(5.1));
    }

    [Fact]
    public async Task A_symbol_fails_after_its_last_attempt_and_a_permanent_failure_is_not_retried()
    {
        var quickly = new Dictionary<string, string?> { ["Enrichment:Retry:BaseDelay"] = "00:00:00.010", ["Enrichment:Retry:MaxDelay"] = "00:00:00.020" };
        await using var node = await TestNode.StartAsync(
            ConnectionString,
            (progress, _, _) => throw Failure(progress.Job.Symbol == "AAPL" ? ProviderErrorKind.UnknownSymbol : ProviderErrorKind.Transient),
            quickly);

        await TriggerAsync("AAPL", "MSFT");
        await EndedAsync();

        (await ScalarAsync<string>("SELECT string_agg(symbol || ' ' || status || ' ' || attempt || ' ' || error_kind, ', ' ORDER BY symbol) FROM enrichment_jobs"))
            .ShouldBe("AAPL failed 1 permanent, MSFT failed 4 transient");
        (await ScalarAsync<string>("SELECT error_advice FROM enrichment_status WHERE symbol = 'AAPL'")).ShouldBe("Do something about it.");
        (await ScalarAsync<string>("SELECT status FROM enrichment_history")).ShouldBe("failed");
    }

    [Fact]
    public async Task A_database_that_is_killed_and_comes_back_costs_no_symbol_and_no_attempt()
    {
        await using var postgres = await TestPostgres.StartNewAsync(Cancellation);
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using (var connection = await source.OpenConnectionAsync(Cancellation))
            await connection.ExecuteAsync("INSERT INTO symbols (symbol, asset_class, timeframes) SELECT 'S' || i, 'stock', '{1d}' FROM generate_series(1, 12) i");
        await using var node = await TestNode.StartAsync(postgres.ConnectionString, Write);
        await new RunStore(source).CreateAsync(new RunRequest { Trigger = RunTrigger.Manual }, Cancellation);
        await using (var connection = await source.OpenConnectionAsync(Cancellation))
        {
            await Eventually.BecomesAsync(
                async () => await connection.ExecuteScalarAsync<int>("SELECT count(*) FROM enrichment_jobs WHERE status = 'succeeded'") > 2, WaitLimit, Cancellation);
        }

        await postgres.KillAsync();
        await postgres.StartAsync(Cancellation);

        await using var again = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var look = await again.OpenConnectionAsync(Cancellation);
        await Eventually.BecomesAsync(
            async () => await look.ExecuteScalarAsync<string>("SELECT status FROM enrichment_history") == "completed", WaitLimit, Cancellation);
        (await look.ExecuteScalarAsync<int>("SELECT max(attempt) FROM enrichment_jobs")).ShouldBe(1);
    }

    [Fact]
    public async Task A_statement_that_never_fits_its_time_uses_the_attempts_up()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Enrichment:Retry:BaseDelay"] = "00:00:00.010",
            ["Enrichment:Retry:MaxDelay"] = "00:00:00.020",
            ["Enrichment:MaxAttempts"] = "2",
        };
        await using var node = await TestNode.StartAsync(ConnectionString, SlowAsync, settings);

        await TriggerAsync("AAPL");
        await EndedAsync();

        (await ScalarAsync<string>("SELECT status || ' ' || attempt || ' ' || losses FROM enrichment_jobs")).ShouldBe("failed 2 0");
        (await ScalarAsync<string>("SELECT error_message FROM enrichment_status WHERE symbol = 'AAPL'"))
            .ShouldBe("1d, 1h: The database did not answer in time, though it is there.");

        async Task SlowAsync(JobProgress progress, BarInterval interval, CancellationToken cancellation)
        {
            await using var connection = await Database.OpenConnectionAsync(cancellation);
            await using var command = new NpgsqlCommand("SELECT pg_sleep(60)", connection) { CommandTimeout = 1 };
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }

    [Fact]
    public async Task Work_that_breaks_its_connection_every_time_ends_with_its_cause_and_delays_nobody()
    {
        await using var node = await TestNode.StartAsync(
            ConnectionString, BreakAsync, new() { ["Enrichment:MaxLosses"] = "3", ["Enrichment:Concurrency"] = "1" });

        await TriggerAsync("AAPL", "MSFT");
        await EndedAsync();

        (await ScalarAsync<string>("SELECT string_agg(symbol || ' ' || status || ' ' || losses, ', ' ORDER BY symbol) FROM enrichment_jobs"))
            .ShouldBe("AAPL failed 3, MSFT succeeded 0");
        (await ScalarAsync<string>("SELECT error_message FROM enrichment_status WHERE symbol = 'AAPL'")).ShouldNotBeNull()
            .ShouldStartWith("The work was broken off 3 times in a row, the last time in attempt 1. The database is shutting down or starting, or ended the session.");
        (await ScalarAsync<string>("SELECT status FROM enrichment_history")).ShouldBe("partial");

        async Task BreakAsync(JobProgress progress, BarInterval interval, CancellationToken cancellation)
        {
            if (progress.Job.Symbol == "MSFT")
                return;
            await using var connection = await Database.OpenConnectionAsync(cancellation);
            await connection.ExecuteAsync("SELECT pg_terminate_backend(pg_backend_pid())");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Work_that_no_node_has_the_memory_for_costs_no_attempt_and_ends_with_its_cause(bool isWrapped)
    {
        await using var node = await TestNode.StartAsync(
            ConnectionString,
            FillAsync,
            new() { ["Enrichment:MaxLosses"] = "3", ["Enrichment:Concurrency"] = "1" });

        await TriggerAsync("AAPL", "MSFT");
        await EndedAsync();

        (await ScalarAsync<string>(
            "SELECT string_agg(concat_ws(' ', symbol, status, attempt, losses, error_reason), ', ' ORDER BY symbol) FROM enrichment_jobs"))
            .ShouldBe("AAPL failed 1 3 lost, MSFT succeeded 1 0");
        (await ScalarAsync<string>("SELECT error_message FROM enrichment_status WHERE symbol = 'AAPL'")).ShouldBe(
            "The work was broken off 3 times in a row, the last time in attempt 1. "
            + "The node ran out of memory in the step compute of 1d: give it more, or lower Enrichment:Concurrency.");

        Task FillAsync(JobProgress progress, BarInterval interval, CancellationToken cancellation) => progress.Job.Symbol == "AAPL"
            ? progress.StepAsync(EnrichmentStep.Compute, interval, Fill, cancellation)
            : Task.CompletedTask;

        bool Fill()
        {
            var full = new InsufficientMemoryException();
            throw isWrapped ? new InvalidOperationException("The page could not be read.", full) : full;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Work_that_hangs_gives_its_place_to_others(bool endsWhenTold)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Enrichment:StallTimeout"] = "00:00:01",
            ["Enrichment:Concurrency"] = "1",
            ["Enrichment:MaxAttempts"] = "1",
        };
        var over = new TaskCompletionSource();
        await using var node = await TestNode.StartAsync(ConnectionString, HangAsync, settings);

        await TriggerAsync("AAPL", "MSFT");
        await EndedAsync();
        over.SetResult();

        (await ScalarAsync<string>("SELECT string_agg(symbol || ' ' || status, ', ' ORDER BY symbol) FROM enrichment_jobs"))
            .ShouldBe("AAPL failed, MSFT succeeded");
        (await ScalarAsync<string>("SELECT error_message FROM enrichment_status WHERE symbol = 'AAPL'"))
            .ShouldBe("1d: The work was stuck for 00:00:01 in the step fetch of 1d. 1h: The work was stuck for 00:00:01 in the step fetch of 1h.");

        async Task HangAsync(JobProgress progress, BarInterval interval, CancellationToken cancellation)
        {
            if (progress.Job.Symbol == "AAPL")
                await progress.StepAsync(EnrichmentStep.Fetch, interval, stop => HeldAsync(endsWhenTold ? stop : CancellationToken.None), cancellation);
        }

        async Task<bool> HeldAsync(CancellationToken stop)
        {
            await over.Task.WaitAsync(stop);
            return true;
        }
    }

    [Fact]
    public async Task An_end_whose_answer_is_lost_is_counted_as_done_and_not_done_again()
    {
        await using var wire = TcpProxy.ToServerOf(ConnectionString);
        await using var node = await TestNode.StartAsync(wire.Through(ConnectionString), (_, _, _) => Task.CompletedTask);
        var counted = 0L;
        using var meters = new MeterListener();
        meters.SetMeasurementEventCallback<long>((_, value, tags, _) => counted += tags[0].Value is "complete" ? value : 0);
        meters.EnableMeasurementEvents(node.Services.GetRequiredService<EnrichmentMetrics>().LostAnswers);
        wire.LoseAnswerTo("complete job");

        await TriggerAsync("AAPL");
        await EndedAsync();

        await Eventually.BecomesAsync(() => Interlocked.Read(ref counted) == 1, WaitLimit, Cancellation);
        (await ScalarAsync<string>("SELECT string_agg(outcome, ',') FROM enrichment_job_attempts")).ShouldBe("succeeded");
    }

    [Fact]
    public async Task A_database_that_is_read_only_for_a_while_costs_no_symbol_and_no_attempt()
    {
        await using var postgres = await TestPostgres.StartNewAsync(Cancellation);
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var connection = await source.OpenConnectionAsync(Cancellation);
        await connection.ExecuteAsync("INSERT INTO symbols (symbol, asset_class, timeframes) SELECT 'S' || i, 'stock', '{1d}' FROM generate_series(1, 12) i");
        await using var node = await TestNode.StartAsync(postgres.ConnectionString, Write);
        await new RunStore(source).CreateAsync(new RunRequest { Trigger = RunTrigger.Manual }, Cancellation);
        await Eventually.BecomesAsync(
            async () => await connection.ExecuteScalarAsync<int>("SELECT count(*) FROM enrichment_jobs WHERE status = 'succeeded'") > 2, WaitLimit, Cancellation);

        await connection.ExecuteAsync("ALTER SYSTEM SET default_transaction_read_only = on");
        await connection.ExecuteAsync("SELECT pg_reload_conf()");
        var writes = node.Services.GetRequiredService<DatabaseWrites>();
        await Eventually.BecomesAsync(() => writes.Trouble?.Kind == "read_only", WaitLimit, Cancellation);
        await connection.ExecuteAsync("ALTER SYSTEM RESET default_transaction_read_only");
        await connection.ExecuteAsync("SELECT pg_reload_conf()");

        await Eventually.BecomesAsync(
            async () => await connection.ExecuteScalarAsync<string>("SELECT status FROM enrichment_history") == "completed", WaitLimit, Cancellation);
        (await connection.ExecuteScalarAsync<int>("SELECT max(attempt) FROM enrichment_jobs")).ShouldBe(1);
    }

    [Fact]
    public async Task Paused_a_cluster_begins_nothing_and_resumed_it_does_what_came_due()
    {
        var work = new HeldWork();
        work.Release();
        await Scheduler.PauseAsync("ops", Cancellation);
        await using var node = await TestNode.StartAsync(ConnectionString, work.RunAsync, new() { ["Enrichment:PollInterval"] = "00:00:00.100" });
        var run = await TriggerAsync();
        await Eventually.BecomesAsync(
            async () => await ScalarAsync<bool>("SELECT heartbeat_at > started_at + interval '1 second' FROM enrichment_nodes"), WaitLimit, Cancellation);
        work.Most.ShouldBe(0);

        await Scheduler.ResumeAsync("ops", Cancellation);

        await EndedAsync(run);
    }

    private static SymbolWork Fail(ProviderErrorKind kind) => (_, _, _) => throw Failure(kind);

    private static ProviderException Failure(ProviderErrorKind kind) => new("polygon", kind, "it went wrong.", "Do something about it.");

    private static async Task Write(JobProgress progress, BarInterval interval, CancellationToken cancellation)
    {
        await progress.StepAsync(EnrichmentStep.Fetch, interval, async stop =>
        {
            await Task.Delay(100, stop);
            return true;
        }, cancellation);
        await progress.StepAsync(EnrichmentStep.Store, interval, () => true, cancellation);
    }

    private Task EndedAsync(RunTicket? run = null) => Eventually.BecomesAsync(
        async () => await ScalarAsync<bool>(
            "SELECT bool_and(completed_at IS NOT NULL) FROM enrichment_history WHERE @JobId IS NULL OR job_id = @JobId", new { run?.JobId }),
        WaitLimit,
        Cancellation);

    private Task StatusAsync(string symbol, string status) => Eventually.BecomesAsync(
        async () => await ScalarAsync<string>("SELECT status FROM enrichment_jobs WHERE symbol = @symbol", new { symbol }) == status, WaitLimit, Cancellation);

    // Its monotonic clock stands still while it sleeps.
    private sealed class SleepingMachine : TimeProvider
    {
        public TimeSpan Slept { get; set; }

        public override long GetTimestamp() => base.GetTimestamp() - (long)(Slept.TotalSeconds * TimestampFrequency);
    }
}
