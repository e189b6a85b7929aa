namespace MarketData.Chaos.Tests;

/// <summary>SIGSTOP until a node's jobs were taken over, then SIGCONT.</summary>
public sealed class PausedNodeTests(FaultFreeRun faultFree) : ChaosTests(faultFree)
{
    [Fact]
    public async Task A_node_paused_past_its_lease_and_woken_does_no_harm_to_who_took_over()
    {
        var chance = ChaosSettings.Chance("pause a node");
        await using var world = await CreateWorldAsync();
        var paused = await world.StartNodeAsync();
        var run = await world.TriggerAsync();
        await WorkedUntilAsync(world, chance, 0, 2);

        paused.Signal("STOP");
        var other = await world.StartNodeAsync();
        await world.HoldsNothingAsync(paused);
        paused.Signal("CONT");

        Row.Did("1 node paused past its lease, then woken");
        await ShouldBeRightAsync(world, run);
        paused.HasEnded.ShouldBeFalse();
        other.HasEnded.ShouldBeFalse();
    }
}
