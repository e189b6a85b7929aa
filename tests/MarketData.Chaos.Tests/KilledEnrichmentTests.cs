namespace MarketData.Chaos.Tests;

/// <summary>Kill −9 of the node at random moments of a run.</summary>
public sealed class KilledEnrichmentTests(FaultFreeRun faultFree) : ChaosTests(faultFree)
{
    [Fact]
    public async Task Enrichment_killed_at_random_moments_loses_and_doubles_nothing()
    {
        var chance = ChaosSettings.Chance("kill enrichment");
        await using var world = await CreateWorldAsync();
        var node = await world.StartNodeAsync();
        var run = await world.TriggerAsync();

        var within = 0;
        for (var kill = 0; kill < ChaosSettings.Kills; kill++)
        {
            await WorkedUntilAsync(world, chance, kill, ChaosSettings.Kills);
            within += await world.HasEndedAsync(run) ? 0 : 1;
            await node.KillAsync();
            node = await world.StartNodeAsync();
        }

        Row.Did($"{ChaosSettings.Kills} kills, {within} of them before the run's end");
        await ShouldBeRightAsync(world, run);
        within.ShouldBeGreaterThan(0);
    }
}
