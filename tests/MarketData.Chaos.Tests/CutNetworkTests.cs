namespace MarketData.Chaos.Tests;

/// <summary>The wire to the database and the one to the providers swallow everything for a while, in turn.</summary>
public sealed class CutNetworkTests(FaultFreeRun faultFree) : ChaosTests(faultFree)
{
    [Fact]
    public async Task A_network_that_is_cut_and_mended_loses_and_doubles_nothing()
    {
        var chance = ChaosSettings.Chance("cut network");
        await using var world = await CreateWorldAsync();
        var node = await world.StartNodeAsync();
        var run = await world.TriggerAsync();

        var cuts = Math.Max(2, ChaosSettings.Kills / 2);
        for (var cut = 0; cut < cuts; cut++)
        {
            await WorkedUntilAsync(world, chance, cut, cuts);
            var wire = world.Wires[cut % 2];
            wire.Cut();
            await Task.Delay(TimeSpan.FromSeconds(1 + chance.NextDouble() * 7), Cancellation);
            wire.Mend();
        }

        Row.Did($"{cuts} cuts");
        await ShouldBeRightAsync(world, run);
        node.HasEnded.ShouldBeFalse();
    }
}
