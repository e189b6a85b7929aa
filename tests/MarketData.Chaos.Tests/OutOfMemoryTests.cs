namespace MarketData.Chaos.Tests;

/// <summary>A node that has too little memory for some of what it is to do, and is started again as a container would be.</summary>
public sealed class OutOfMemoryTests(FaultFreeRun faultFree) : ChaosTests(faultFree)
{
    /// <summary>What the node's objects may take, as under a container's limit, and an answer that does not go into it.</summary>
    internal static readonly (string Name, string Value) Limit = ("DOTNET_GCHeapHardLimit", "0x7800000");
    internal const int TooMuch = 95_000_000;

    [Fact(Explicit = true)]
    public async Task A_node_that_runs_out_of_memory_begins_anew_and_loses_and_doubles_nothing()
    {
        ChaosSettings.Chance("out of memory");
        await using var world = await CreateWorldAsync();
        var fills = Math.Max(2, ChaosSettings.Kills / 4);
        await world.FaultAsync(
            new { kind = "padded_body", endpoint = "candles", bytes = TooMuch, rate = 0.5, count = fills, seed = ChaosSettings.Seed });
        var run = await world.TriggerAsync();
        var restarts = await world.WorkAndRestartAsync(run, [Limit, .. ChaosWorld.LongAttempts]);
        var ran = await world.ScalarAsync<int>("SELECT count(*) FROM enrichment_job_attempts WHERE error_message LIKE '%ran out of memory%'");
        Row.Did($"{fills} answers too large for the node, memory ran out in {ran} of its jobs, started again {restarts} times");
        await ShouldBeRightAsync(world, run);
        (ran, restarts).ShouldSatisfyAllConditions(() => ran.ShouldBeGreaterThan(0), () => restarts.ShouldBeGreaterThan(0));
    }
}
