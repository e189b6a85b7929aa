using MarketData.Enrichment.Scheduling;
using MarketData.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace MarketData.Enrichment.Tests.Scheduling;

public sealed class NightlyScheduleTests(PostgresServer server) : QueueTests(server)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_default_is_half_past_one_at_night_and_each_instant_has_one_run()
    {
        await using var first = await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask);
        await using var second = await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask);
        await Scheduler.PauseAsync("test", Cancellation);
        // Nothing was missed, so that the nodes' own catching up stays out of it.
        await ExecuteAsync("UPDATE scheduler_state SET last_run = now()");
        var atNight = (await Scheduler.ReadAsync(Cancellation)).NextRun.ShouldNotBeNull();
        atNight.TimeOfDay.ShouldBe(new TimeSpan(1, 30, 0));

        await Task.WhenAll(new[] { first, second, first, second }.Select(node => Nightly(node).RunAsync(atNight.AddSeconds(node == first ? 0 : 3), Cancellation)));

        (await ScalarAsync<int>("SELECT count(*) FROM enrichment_history WHERE trigger = 'nightly'")).ShouldBe(1);
        (await ScalarAsync<DateTime>("SELECT last_run FROM scheduler_state")).ShouldBe(atNight);
    }

    [Fact]
    public async Task Nights_missed_while_every_node_was_down_are_made_up_for_by_one_run()
    {
        await using (await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask))
        {
        }

        await ExecuteAsync("UPDATE scheduler_state SET last_run = now() - interval '3 days'");
        await using var first = await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask);
        await using var second = await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask);

        await Eventually.BecomesAsync(
            async () => await ScalarAsync<bool>("SELECT count(*) = 1 AND bool_and(status = 'completed') FROM enrichment_history WHERE trigger = 'nightly'"),
            Patience,
            Cancellation);
        (await Nightly(first).CatchUpAsync(Cancellation)).ShouldBeFalse();
        (await Nightly(second).CatchUpAsync(Cancellation)).ShouldBeFalse();
        (await ScalarAsync<int>("SELECT count(*) FROM enrichment_history WHERE trigger = 'nightly'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_new_cluster_has_missed_nothing()
    {
        await using var node = await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask);

        (await Nightly(node).CatchUpAsync(Cancellation)).ShouldBeFalse();
        (await ScalarAsync<int>("SELECT count(*) FROM enrichment_history")).ShouldBe(0);
    }

    [Fact]
    public async Task The_clock_fires_it_once_an_instant_however_many_nodes_there_are()
    {
        var often = new Dictionary<string, string?> { ["Enrichment:Schedule"] = "0/2 * * * * ?" };
        await using var first = await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask, often);
        await using var second = await TestNode.StartAsync(ConnectionString, (_, _, _) => Task.CompletedTask, often);

        await Eventually.BecomesAsync(
            async () => await ScalarAsync<int>("SELECT count(*) FROM enrichment_history WHERE trigger = 'nightly'") >= 3, Patience, Cancellation);

        // Two runs begun within one instant's two seconds would be two runs of one instant.
        (await ScalarAsync<int>("SELECT count(*) FROM (SELECT FROM enrichment_history GROUP BY floor(extract(epoch FROM created_at) / 2) HAVING count(*) > 2) x")).ShouldBe(0);
        (await Scheduler.ReadAsync(Cancellation)).NextRun.ShouldNotBeNull().ShouldBeGreaterThan(DateTime.UtcNow.AddMinutes(-1));
    }

    private static NightlySchedule Nightly(TestNode node) => node.Services.GetRequiredService<NightlySchedule>();
}
