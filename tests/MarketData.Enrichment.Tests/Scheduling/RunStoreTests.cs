using System.Collections.Concurrent;
using MarketData.Storage.Enrichment;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Scheduling;

public sealed class RunStoreTests(PostgresServer server) : QueueTests(server)
{
    [Fact]
    public async Task A_trigger_without_symbols_queues_every_active_one()
    {
        await ExecuteAsync("UPDATE symbols SET active = false WHERE symbol = 'SPY'");

        var ticket = await TriggerAsync();

        ticket.Status.ShouldBe("queued");
        ticket.Queued.ShouldBe(["AAPL", "MSFT"]);
        ticket.AlreadyRunning.ShouldBeEmpty();
        (await ScalarAsync<int>("SELECT symbols_total FROM enrichment_history WHERE job_id = @JobId", new { ticket.JobId })).ShouldBe(2);
        (await ScalarAsync<string>("SELECT status FROM enrichment_status WHERE symbol = 'AAPL'")).ShouldBe("queued");
    }

    [Fact]
    public async Task A_trigger_for_queued_symbols_joins_their_run_and_makes_no_other()
    {
        var first = await TriggerAsync("AAPL", "MSFT");

        var second = await TriggerAsync("AAPL");

        second.JobId.ShouldBe(first.JobId);
        second.Queued.ShouldBeEmpty();
        second.AlreadyRunning.ShouldBe(["AAPL"]);
        (await ScalarAsync<int>("SELECT count(*) FROM enrichment_history")).ShouldBe(1);
    }

    [Fact]
    public async Task A_trigger_for_a_running_symbol_and_a_new_one_queues_the_new_one_only()
    {
        var first = await TriggerAsync("AAPL");
        await ClaimAsync();

        var second = await TriggerAsync("AAPL", "SPY");

        second.JobId.ShouldNotBe(first.JobId);
        second.Queued.ShouldBe(["SPY"]);
        second.AlreadyRunning.ShouldBe(["AAPL"]);
    }

    [Fact]
    public async Task Joining_widens_the_intervals_of_the_job_in_hand()
    {
        await Runs.CreateAsync(new RunRequest { Trigger = RunTrigger.Manual, Symbols = ["AAPL"], Timeframes = ["1d"] }, Cancellation);

        await Runs.CreateAsync(new RunRequest { Trigger = RunTrigger.Manual, Symbols = ["AAPL"], Timeframes = ["5m", "1d"] }, Cancellation);

        (await ClaimAsync()).Timeframes.ShouldBe(["1d", "5m"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_job_joined_while_it_runs_does_not_end_before_the_added_interval_is_done()
    {
        await Runs.CreateAsync(new RunRequest { Trigger = RunTrigger.Manual, Symbols = ["AAPL"], Timeframes = ["1d"] }, Cancellation);
        var job = await ClaimAsync();
        await Runs.CreateAsync(new RunRequest { Trigger = RunTrigger.Manual, Symbols = ["AAPL"], Timeframes = ["5m"] }, Cancellation);

        var early = await Jobs.CompleteAsync(job.Fence, ["1d"], [], Cancellation);
        var late = await Jobs.CompleteAsync(job.Fence, early.Timeframes.ToArray(), [], Cancellation);

        early.IsDone.ShouldBeFalse();
        early.Timeframes.ShouldBe(["1d", "5m"], ignoreOrder: true);
        late.IsDone.ShouldBeTrue();
    }

    [Fact]
    public async Task The_same_backfill_is_joined_and_another_range_is_work_of_its_own()
    {
        var january = new RunRequest
        {
            Trigger = RunTrigger.Backfill,
            Symbols = ["AAPL"],
            From = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc),
            To = new DateTime(2024, 2, 1, 0, 0, 0, DateTimeKind.Utc),
        };
        var first = await Runs.CreateAsync(january, Cancellation);

        var again = await Runs.CreateAsync(january, Cancellation);
        var march = await Runs.CreateAsync(january with { To = january.To!.Value.AddMonths(1) }, Cancellation);
        var present = await TriggerAsync("AAPL");

        again.JobId.ShouldBe(first.JobId);
        march.Queued.ShouldBe(["AAPL"]);
        present.Queued.ShouldBe(["AAPL"]);
    }

    [Fact]
    public async Task Concurrent_triggers_queue_each_symbol_exactly_once()
    {
        var tickets = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => TriggerAsync()));

        tickets.Sum(ticket => ticket.Queued.Count).ShouldBe(3);
        tickets.ShouldAllBe(ticket => ticket.Queued.Count + ticket.AlreadyRunning.Count == 3);
        tickets.ShouldAllBe(ticket => ticket.JobId != null);
        (await ScalarAsync<int>("SELECT count(*) FROM enrichment_jobs")).ShouldBe(3);
        (await ScalarAsync<int>("SELECT sum(symbols_total) FROM enrichment_history")).ShouldBe(3);
    }

    [Fact]
    public async Task Triggers_that_race_with_the_end_of_a_job_are_never_lost()
    {
        for (var round = 0; round < 20; round++)
        {
            await TriggerAsync("AAPL");
            var job = await ClaimAsync();

            var ending = Jobs.CompleteAsync(job.Fence, job.Timeframes, [], Cancellation);
            var joining = Runs.CreateAsync(
                new RunRequest { Trigger = RunTrigger.Manual, Symbols = ["AAPL"], Timeframes = ["5m"] }, Cancellation);
            await Task.WhenAll(ending, joining);

            var (ended, ticket) = (await ending, await joining);
            if (ended.IsDone)
                ticket.Queued.ShouldBe(["AAPL"]);
            else
                ended.Timeframes.ShouldContain("5m");
            await ExecuteAsync("DELETE FROM enrichment_history");
        }
    }

    [Fact]
    public async Task Nothing_matches_no_run_is_made()
    {
        var ticket = await Runs.CreateAsync(new RunRequest { Trigger = RunTrigger.Manual, AssetClass = "crypto" }, Cancellation);

        ticket.JobId.ShouldBeNull();
        (await ScalarAsync<int>("SELECT count(*) FROM enrichment_history")).ShouldBe(0);
    }

    [Fact]
    public async Task Each_scheduled_instant_gets_its_run_once_however_many_nodes_ask()
    {
        var nightly = new RunRequest { Trigger = RunTrigger.Nightly, RequestedBy = "schedule" };
        var instant = new DateTime(2026, 3, 2, 1, 30, 0, DateTimeKind.Utc);

        var tickets = new ConcurrentQueue<RunTicket>();
        await Schedules.SetAsync("nightly", "0 30 1 * * ?", Cancellation);
        await ExecuteAsync("UPDATE schedules SET next_run = @instant", new { instant });

        var firings = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => FireAsync()));
        firings.Where(fired => fired is not null).ShouldBe([instant]);
        tickets.ShouldHaveSingleItem().Queued.Count.ShouldBe(3);
        await ExecuteAsync("UPDATE schedules SET next_run = @instant", new { instant = instant.AddDays(1) });
        (await FireAsync()).ShouldBe(instant.AddDays(1));

        tickets.Last().AlreadyRunning.Count.ShouldBe(3);

        Task<DateTime?> FireAsync() => Schedules.FireAsync(
            "nightly",
            async (connection, transaction) => tickets.Enqueue(await RunStore.CreateAsync(connection, transaction, nightly, Cancellation)),
            Cancellation);
    }

    [Fact]
    public async Task The_first_run_of_a_database_is_made_once_however_many_nodes_start()
    {
        var first = new RunRequest { Trigger = RunTrigger.Startup };

        var tickets = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Runs.CreateFirstAsync(first, Cancellation)));

        tickets.Count(ticket => ticket is not null).ShouldBe(1);
        (await ScalarAsync<int>("SELECT count(*) FROM enrichment_history")).ShouldBe(1);
    }

    [Fact]
    public async Task Cancelling_a_run_ends_what_waits_and_lets_what_runs_finish()
    {
        var ticket = await TriggerAsync();
        var running = await ClaimAsync();

        var cancelled = await Runs.CancelAsync(ticket.JobId!.Value, Cancellation);

        cancelled.ShouldBe((2, 1));
        (await ScalarAsync<string>("SELECT status FROM enrichment_history")).ShouldBe("running");
        await SucceedAsync(running);
        (await ScalarAsync<string>("SELECT status FROM enrichment_history")).ShouldBe("cancelled");
        (await ScalarAsync<int>("SELECT symbols_successful FROM enrichment_history")).ShouldBe(1);
        (await ScalarAsync<int>("SELECT symbols_cancelled FROM enrichment_history")).ShouldBe(2);
        (await ScalarAsync<int>("SELECT count(*) FROM enrichment_status WHERE status <> 'pending'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_running_symbol_of_a_cancelled_run_is_not_retried()
    {
        var ticket = await TriggerAsync("AAPL");
        var running = await ClaimAsync();
        await Runs.CancelAsync(ticket.JobId!.Value, Cancellation);

        var state = await Jobs.FailAsync(
            running.Fence, new JobFailure(false, "The provider did not answer.", "Wait.", "timeout"), TimeSpan.FromMinutes(1), [], Cancellation);

        state.Status.ShouldBe("cancelled");
    }

    [Fact]
    public async Task What_was_cancelled_while_it_ran_goes_on_once_it_is_asked_for_again()
    {
        var ticket = await TriggerAsync("AAPL", "MSFT");
        var (kept, dropped) = (await ClaimAsync(), await ClaimAsync());
        await Runs.CancelJobAsync(kept.Fence.Id, Cancellation);
        await Runs.CancelJobAsync(dropped.Fence.Id, Cancellation);
        (await TriggerAsync(kept.Symbol)).AlreadyRunning.ShouldBe([kept.Symbol]);

        (await Jobs.StopAsync(kept.Fence, [], Cancellation)).Status.ShouldBe("queued");
        (await Jobs.StopAsync(dropped.Fence, [], Cancellation)).Status.ShouldBe("cancelled");

        var again = await ClaimAsync();
        (again.Symbol, again.JobId).ShouldBe((kept.Symbol, ticket.JobId!.Value));
    }

    [Fact]
    public async Task A_symbol_that_failed_is_shown_as_queued_while_other_work_of_it_waits()
    {
        await TriggerAsync("AAPL");
        var ordinary = await ClaimAsync();
        var range = new RunRequest { Trigger = RunTrigger.Backfill, Symbols = ["AAPL"], From = DateTime.UnixEpoch, To = DateTime.UnixEpoch.AddYears(50) };
        await Runs.CreateAsync(range, Cancellation);

        await Jobs.FailAsync(ordinary.Fence, new JobFailure(true, "Nobody knows it.", "Look.", "unknown"), default, [], Cancellation);

        (await ScalarAsync<string>("SELECT status FROM symbol_status WHERE symbol = 'AAPL'")).ShouldBe("queued");
        var backfill = await ClaimAsync();
        await SucceedAsync(backfill);
        (await ScalarAsync<string>("SELECT status FROM symbol_status WHERE symbol = 'AAPL'")).ShouldBe("error");
    }

    [Fact]
    public async Task Cancelling_an_unknown_run_says_so() =>
        (await Runs.CancelAsync(Guid.CreateVersion7(), Cancellation)).ShouldBeNull();

    [Fact]
    public async Task The_failed_symbols_of_a_run_are_queued_again_in_a_new_one()
    {
        var ticket = await TriggerAsync("AAPL", "MSFT");
        await SucceedAsync(await ClaimAsync());
        var unlucky = await ClaimAsync();
        await Jobs.FailAsync(
            unlucky.Fence, new JobFailure(true, "Nobody knows the symbol.", "Deactivate it.", "unknown_symbol"), default, [], Cancellation);

        var retry = await Runs.RetryFailedAsync(ticket.JobId!.Value, null, "ops", null, Cancellation);

        (await ScalarAsync<string>("SELECT status FROM enrichment_history WHERE job_id = @JobId", new { ticket.JobId })).ShouldBe("partial");
        retry.ShouldNotBeNull().Queued.ShouldBe([unlucky.Symbol]);
        (await ClaimAsync()).Trigger.ShouldBe("retry");
    }
}
