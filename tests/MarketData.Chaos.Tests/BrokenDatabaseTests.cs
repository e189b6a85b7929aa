using Npgsql;

namespace MarketData.Chaos.Tests;

/// <summary>A restart and a kill −9 of PostgreSQL in turn, in the middle of a run.</summary>
public sealed class BrokenDatabaseTests(FaultFreeRun faultFree) : ChaosTests(faultFree)
{
    [Fact]
    public async Task A_database_restarted_and_killed_in_the_middle_of_a_run_loses_and_doubles_nothing()
    {
        var chance = ChaosSettings.Chance("kill database");
        await using var postgres = await MarketData.Testing.TestPostgres.StartNewAsync(Cancellation);
        // The servers of tests answer a commit before it is written, and would forget the last ones when killed.
        var durable = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Options = "-c synchronous_commit=on" };
        await using var world = await ChaosWorld.CreateAsync(durable.ConnectionString);
        var node = await world.StartNodeAsync();
        var run = await world.TriggerAsync();

        var blows = Math.Max(2, ChaosSettings.Kills / 2);
        for (var blow = 0; blow < blows; blow++)
        {
            await WorkedUntilAsync(world, chance, blow, blows);
            await (blow % 2 == 0 ? postgres.StopAsync() : postgres.KillAsync());
            await Task.Delay(TimeSpan.FromSeconds(chance.NextDouble() * 2), Cancellation);
            await postgres.StartAsync(Cancellation);
        }

        Row.Did($"{blows} restarts and kills");
        await ShouldBeRightAsync(world, run);
        node.HasEnded.ShouldBeFalse();
    }
}
