using MarketData.Storage.Enrichment;
using MarketData.Testing;
using Npgsql;

namespace MarketData.Enrichment.Tests.Scheduling;

public sealed class ScheduleTests(PostgresServer server) : QueueTests(server)
{
    private const string Nightlies = "SELECT count(*) FROM enrichment_history WHERE trigger = 'nightly'";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task The_default_is_half_past_one_at_night_and_each_instant_has_one_run()
    {
        await using var first = await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask);
        await using var second = await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask);
        (await NextRunAsync()).TimeOfDay.ShouldBe(new TimeSpan(1, 30, 0));

        // Both nodes find each instant due at about the same time.
        for (var night = 1; night <= 5; night++)
        {
            var instant = await MakeDueAsync("nightly", TimeSpan.Zero);
            await RunsEndAsync(night);

            (await ScalarAsync<DateTime>("SELECT last_run FROM schedules WHERE name = 'nightly'")).ShouldBe(instant);
            var next = await NextRunAsync();
            next.TimeOfDay.ShouldBe(new TimeSpan(1, 30, 0));
            next.ShouldBeGreaterThan(DateTime.UtcNow.AddMinutes(-1));
        }

        (await ScalarAsync<int>(Nightlies)).ShouldBe(5);
    }

    [Fact]
    public async Task Nights_missed_while_every_node_was_down_are_made_up_for_by_one_run()
    {
        await using (await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask))
        {
        }

        await MakeDueAsync("nightly", TimeSpan.FromDays(3));
        await using var first = await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask);
        await using var second = await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask);

        await RunsEndAsync(1);
        (await NextRunAsync()).ShouldBeGreaterThan(DateTime.UtcNow.AddMinutes(-1));
        (await Schedules.FireAsync("nightly", (_, _) => Task.CompletedTask, Cancellation)).ShouldBeNull();
        (await ScalarAsync<int>(Nightlies)).ShouldBe(1);
    }

    [Fact]
    public async Task A_new_cluster_has_missed_nothing()
    {
        await using var node = await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask);

        (await ScalarAsync<bool>("SELECT bool_and(next_run > now() AND last_run IS NULL) FROM schedules")).ShouldBeTrue();
        (await ScalarAsync<int>("SELECT count(*) FROM enrichment_history")).ShouldBe(0);
    }

    [Fact]
    public async Task The_clock_fires_it_once_an_instant_however_many_nodes_there_are()
    {
        var often = new Dictionary<string, string?> { ["Enrichment:Schedule"] = "0/2 * * * * ?" };
        await using var first = await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask, often);
        await using var second = await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask, often);

        await Eventually.BecomesAsync(async () => await ScalarAsync<int>(Nightlies) >= 3, Timeout, Cancellation);

        // Two runs begun within one instant's two seconds would be two runs of one instant.
        (await ScalarAsync<int>(
            """
            SELECT count(*) FROM (
                SELECT FROM enrichment_history GROUP BY floor(extract(epoch FROM created_at) / 2) HAVING count(*) > 2) x
            """)).ShouldBe(0);
        (await NextRunAsync()).ShouldBeGreaterThan(DateTime.UtcNow.AddMinutes(-1));
    }

    [Fact]
    public async Task A_node_that_dies_between_the_claim_and_the_run_loses_no_night()
    {
        await SetDueAsync();
        await Should.ThrowAsync<NpgsqlException>(() => Schedules.FireAsync(
            "nightly",
            async (connection, transaction) =>
            {
                await RunStore.CreateAsync(connection, transaction, new RunRequest { Trigger = RunTrigger.Nightly }, Cancellation);
                await ExecuteAsync("SELECT pg_terminate_backend(@ProcessID)", new { connection.ProcessID });
            },
            Cancellation));
        (await ScalarAsync<int>(Nightlies)).ShouldBe(0);

        await using var node = await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask);

        await RunsEndAsync(1);
    }

    [Fact]
    public async Task A_node_that_stalls_between_the_claim_and_the_run_is_not_waited_for()
    {
        await SetDueAsync();
        var (isClaimed, goesOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var stalled = Schedules.FireAsync(
            "nightly",
            async (connection, transaction) =>
            {
                isClaimed.SetResult();
                await goesOn.Task;
                await RunStore.CreateAsync(connection, transaction, new RunRequest { Trigger = RunTrigger.Nightly }, Cancellation);
            },
            Cancellation);
        await isClaimed.Task;

        await using var node = await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask);
        await RunsEndAsync(1);

        goesOn.SetResult();
        await Should.ThrowAsync<NpgsqlException>(() => stalled);
        (await ScalarAsync<int>(Nightlies)).ShouldBe(1);
    }

    [Fact]
    public async Task Another_expression_in_the_settings_takes_effect_for_every_node_and_makes_up_for_nothing()
    {
        await using var old = await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask);
        await using var changed = await TestNode.StartAsync(
            ConnectionString, (_, _, _) => Task.CompletedTask, new() { ["Enrichment:Schedule"] = "0 15 4 * * ?" });
        (await NextRunAsync()).TimeOfDay.ShouldBe(new TimeSpan(4, 15, 0));

        await changed.StopAsync();
        await MakeDueAsync("nightly", TimeSpan.Zero);
        await RunsEndAsync(1);
        (await NextRunAsync()).TimeOfDay.ShouldBe(new TimeSpan(4, 15, 0));

        await old.StopAsync();
        await MakeDueAsync("nightly", TimeSpan.FromHours(2));
        await using var again = await TestNode.StartAsync(
            ConnectionString, (_, _, _) => Task.CompletedTask, new() { ["Enrichment:Schedule"] = "0 45 5 * * ?" });
        (await NextRunAsync()).TimeOfDay.ShouldBe(new TimeSpan(5, 45, 0));
        (await ScalarAsync<int>(Nightlies)).ShouldBe(1);
    }

    [Fact]
    public async Task It_goes_by_the_databases_clock()
    {
        await using var node = await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask, skew: TimeSpan.FromDays(2));

        // Long enough for the node to have looked at its schedules.
        await Eventually.BecomesAsync(
            async () => await ScalarAsync<bool>("SELECT heartbeat_at > started_at + interval '1 second' FROM enrichment_nodes"), Timeout, Cancellation);

        (await ScalarAsync<bool>("SELECT bool_and(next_run > now() AND last_run IS NULL) FROM schedules")).ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_missing_is_asked_for_again_and_what_is_past_its_retention_goes_each_by_its_schedule()
    {
        await using var node = await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask);
        await ExecuteAsync("INSERT INTO series (symbol, timeframe, provisional_from) VALUES ('MSFT', '1d', now())");
        await ExecuteAsync("INSERT INTO events (kind, payload, created_at) VALUES ('run', '{}', now() - interval '3 days')");

        await MakeDueAsync("gaps", TimeSpan.Zero);
        await MakeDueAsync("upkeep", TimeSpan.Zero);

        await Eventually.BecomesAsync(
            async () => await ScalarAsync<string>("SELECT trigger || ' ' || symbol FROM enrichment_history JOIN enrichment_jobs USING (job_id)") == "gap MSFT",
            Timeout,
            Cancellation);
        await Eventually.BecomesAsync(
            async () => await ScalarAsync<int>("SELECT count(*) FROM events WHERE created_at < now() - interval '2 days'") == 0, Timeout, Cancellation);
        (await ScalarAsync<string>("SELECT string_agg(name || ' ' || to_char(next_run, 'MI'), ', ' ORDER BY name) FROM schedules WHERE last_run IS NOT NULL"))
            .ShouldBe("gaps 15, upkeep 45");
    }

    [Fact]
    public async Task Whoever_listens_hears_when_the_next_night_is_due()
    {
        await using var node = await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask);

        (await ScalarAsync<bool>(
            """
            SELECT (payload ->> 'next_run')::timestamptz = next_run FROM events, schedules
            WHERE kind = 'scheduler' AND name = 'nightly' ORDER BY id DESC LIMIT 1
            """)).ShouldBeTrue();
    }

    private async Task SetDueAsync()
    {
        await Schedules.SetAsync("nightly", "0 30 1 * * ?", Cancellation);
        await MakeDueAsync("nightly", TimeSpan.Zero);
    }

    private Task<DateTime> MakeDueAsync(string schedule, TimeSpan ago) => ScalarAsync<DateTime>(
        "UPDATE schedules SET next_run = now() - @ago WHERE name = @schedule RETURNING next_run", new { schedule, ago });

    private async Task<DateTime> NextRunAsync() => (await Scheduler.ReadAsync(Cancellation)).NextRun.ShouldNotBeNull();

    private Task RunsEndAsync(int runs) => Eventually.BecomesAsync(
        async () => await ScalarAsync<int>(Nightlies + " AND status = 'completed'") == runs, Timeout, Cancellation);
}
