using System.Diagnostics;

namespace MarketData.Chaos.Tests;

/// <summary>
/// Breaks the real system in the middle of a run, and expects the data to be right all the same. When things break is drawn from the seed;
/// a failure is tried again with the seed that the test printed.
/// </summary>
public sealed class ChaosTests(FaultFreeRun faultFree)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enrichment_killed_at_random_moments_loses_and_doubles_nothing()
    {
        var chance = ChaosSettings.Chance("kill enrichment");
        await using var world = await ChaosWorld.CreateAsync();
        var node = await world.StartNodeAsync();
        var run = await world.TriggerAsync();

        for (var kill = 1; kill <= ChaosSettings.Kills; kill++)
        {
            await WorkedForAsync(world, chance);
            await node.KillAsync();
            node = await world.StartNodeAsync();
        }

        await world.ShouldBeRightAsync(run, faultFree.Data);
        Report($"{ChaosSettings.Kills} kills, {await LostAsync(world)} jobs lost and taken up again");
    }

    [Fact]
    public async Task A_database_restarted_and_killed_in_the_middle_of_a_run_loses_and_doubles_nothing()
    {
        var chance = ChaosSettings.Chance("kill database");
        await using var world = await ChaosWorld.CreateAsync();
        var node = await world.StartNodeAsync();
        var run = await world.TriggerAsync();

        for (var blow = 1; blow <= Math.Max(2, ChaosSettings.Kills / 2); blow++)
        {
            await WorkedForAsync(world, chance);
            await (blow % 2 == 1 ? world.Postgres.StopAsync() : world.Postgres.KillAsync());
            await Task.Delay(TimeSpan.FromSeconds(chance.NextDouble() * 2), Cancellation);
            await world.Postgres.StartAsync(Cancellation);
        }

        await world.ShouldBeRightAsync(run, faultFree.Data);
        node.HasEnded.ShouldBeFalse();
    }

    [Fact]
    public async Task A_network_that_is_cut_and_mended_loses_and_doubles_nothing()
    {
        var chance = ChaosSettings.Chance("cut network");
        await using var world = await ChaosWorld.CreateAsync();
        var node = await world.StartNodeAsync();
        var run = await world.TriggerAsync();

        for (var cut = 0; cut < Math.Max(2, ChaosSettings.Kills / 2); cut++)
        {
            await WorkedForAsync(world, chance);
            var wire = world.Wires[cut % 2];
            wire.Cut();
            await Task.Delay(TimeSpan.FromSeconds(1 + chance.NextDouble() * 7), Cancellation);
            wire.Mend();
        }

        await world.ShouldBeRightAsync(run, faultFree.Data);
        node.HasEnded.ShouldBeFalse();
    }

    [Fact]
    public async Task A_node_paused_past_its_lease_and_woken_does_no_harm_to_who_took_over()
    {
        var chance = ChaosSettings.Chance("pause a node");
        await using var world = await ChaosWorld.CreateAsync();
        var paused = await world.StartNodeAsync();
        var run = await world.TriggerAsync();
        await WorkedForAsync(world, chance);

        paused.Signal("STOP");
        var other = await world.StartNodeAsync();
        await world.HoldsAsync("NOT EXISTS (SELECT FROM enrichment_jobs j JOIN enrichment_nodes n ON n.node_id = j.lease_owner WHERE n.process_id = @Id)", new { paused.Id });
        paused.Signal("CONT");

        await world.ShouldBeRightAsync(run, faultFree.Data);
        paused.HasEnded.ShouldBeFalse();
        other.HasEnded.ShouldBeFalse();
        Report($"{await LostAsync(world)} jobs taken over from the paused node");
    }

    [Fact]
    public async Task A_provider_that_refuses_fails_breaks_off_and_hangs_costs_not_one_candle()
    {
        ChaosSettings.Chance("misbehaving provider");
        await using var world = await ChaosWorld.CreateAsync();
        await world.FaultAsync(new { kind = "rate_limited", rate = 0.10, retry_after_seconds = 1, seed = ChaosSettings.Seed });
        await world.FaultAsync(new { kind = "server_error", rate = 0.05, seed = ChaosSettings.Seed + 1 });
        await world.FaultAsync(new { kind = "truncated_json", rate = 0.02, seed = ChaosSettings.Seed + 2 });
        await world.FaultAsync(new { kind = "hang", rate = 0.01, seed = ChaosSettings.Seed + 3 });
        await world.StartNodeAsync();

        var run = await world.TriggerAsync();

        await world.ShouldBeRightAsync(run, faultFree.Data);
        Report(await world.ScalarAsync<string>("SELECT string_agg(concat_ws(' ', provider, calls_total, 'calls,', errors_total, 'failed,', retries_total, 'retried'), '; ') FROM provider_state"));
    }

    [Fact]
    public async Task Two_nodes_share_a_run_and_the_jobs_of_one_that_is_killed_are_taken_over_within_thirty_seconds()
    {
        ChaosSettings.Chance("two nodes");
        (string, string)[] asShipped = [("Enrichment:Lease:Duration", "00:00:15"), ("Enrichment:Lease:RenewInterval", "00:00:04"), ("Enrichment:Lease:SweepInterval", "00:00:03")];
        await using var world = await ChaosWorld.CreateAsync();
        await world.FaultAsync(new { kind = "latency", rate = 1.0, delay_seconds = 0.5 });
        var nodes = await Task.WhenAll(world.StartNodeAsync(asShipped), world.StartNodeAsync(asShipped));
        var run = await world.TriggerAsync();
        await world.HoldsAsync("count(DISTINCT lease_owner) = 2 FROM enrichment_jobs WHERE status = 'running'");

        await nodes[0].KillAsync();
        var killedAt = Stopwatch.GetTimestamp();
        await world.HoldsAsync(
            "NOT EXISTS (SELECT FROM enrichment_jobs j JOIN enrichment_nodes n ON n.node_id = j.lease_owner WHERE n.process_id = @Id)", new { nodes[0].Id });
        var took = Stopwatch.GetElapsedTime(killedAt);

        took.ShouldBeLessThan(TimeSpan.FromSeconds(30));
        await world.ShouldBeRightAsync(run, faultFree.Data);
        Report($"taken over after {took.TotalSeconds:0.0} s");
    }

    // Some progress, then a random moment within the work that follows it.
    private async Task WorkedForAsync(ChaosWorld world, Random chance)
    {
        await world.HoldsAsync("EXISTS (SELECT FROM enrichment_jobs WHERE status = 'running' OR completed_at IS NOT NULL)");
        var share = faultFree.Duration / (ChaosSettings.Kills + 1);
        await Task.Delay(share * (0.2 + chance.NextDouble()), Cancellation);
    }

    private static Task<int> LostAsync(ChaosWorld world) => world.ScalarAsync<int>("SELECT count(*) FROM enrichment_job_attempts WHERE outcome = 'lost'");

    private static void Report(string? figures) => TestContext.Current.TestOutputHelper?.WriteLine(figures ?? "");
}
