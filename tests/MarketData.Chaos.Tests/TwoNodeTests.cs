using System.Diagnostics;

namespace MarketData.Chaos.Tests;

/// <summary>One of two nodes is killed under the lease settings as shipped.</summary>
public sealed class TwoNodeTests(FaultFreeRun faultFree) : ChaosTests(faultFree)
{
    [Fact]
    public async Task Two_nodes_share_a_run_and_the_jobs_of_one_that_is_killed_are_taken_over_within_thirty_seconds()
    {
        ChaosSettings.Chance("two nodes");
        (string, string)[] asShipped = [("Enrichment:Lease:Duration", "00:00:15"), ("Enrichment:Lease:RenewInterval", "00:00:04"), ("Enrichment:Lease:SweepInterval", "00:00:03")];
        await using var world = await CreateWorldAsync();
        await world.FaultAsync(new { kind = "latency", rate = 1.0, delay_seconds = 0.5 });
        var nodes = await Task.WhenAll(world.StartNodeAsync(asShipped), world.StartNodeAsync(asShipped));
        var run = await world.TriggerAsync();
        await world.HoldsAsync("count(DISTINCT lease_owner) = 2 FROM enrichment_jobs WHERE status = 'running'");

        await nodes[0].KillAsync();
        var killedAt = Stopwatch.GetTimestamp();
        await world.HoldsNothingAsync(nodes[0]);
        var took = Stopwatch.GetElapsedTime(killedAt);

        took.ShouldBeLessThan(TimeSpan.FromSeconds(30));
        Row.Did($"1 of 2 nodes killed, its jobs taken over after {took.TotalSeconds:0.0} s");
        await ShouldBeRightAsync(world, run);
    }
}
