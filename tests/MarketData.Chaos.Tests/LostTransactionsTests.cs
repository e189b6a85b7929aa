using MarketData.Testing;
using Npgsql;

namespace MarketData.Chaos.Tests;

/// <summary>A failover in the middle of a run, to a replica that lacks the last transactions.</summary>
public sealed class LostTransactionsTests(FaultFreeRun faultFree) : ChaosTests(faultFree)
{
    [Fact]
    public async Task A_failover_that_loses_the_last_transactions_is_made_up_for()
    {
        var chance = ChaosSettings.Chance("lose transactions");
        for (var round = 0; round < Math.Max(1, ChaosSettings.Kills / 5); round++)
            await FailOverAsync(chance);
    }

    private async Task FailOverAsync(Random chance)
    {
        await using var servers = await ReplicatedPostgres.StartNewAsync(Cancellation);
        await using var world = await ChaosWorld.CreateAsync(servers.ConnectionString);
        (string, string)[] settings = [("ConnectionStrings:marketdata", servers.ConnectionString)];
        var node = await world.StartNodeAsync(settings);
        var run = await world.TriggerAsync();
        await WorkedUntilAsync(world, chance, 0, 2);

        await servers.StopReplicatingAsync(Cancellation);
        var kept = await world.ScalarAsync<long>("SELECT count(*) FROM candles");
        // At times, one that the replica does not know of; meanwhile the run goes on, or ends.
        var late = chance.Next(2) == 0 ? await world.StartNodeAsync(settings) : null;
        await world.HoldsAsync(
            "(SELECT count(*) FROM candles) > @kept OR completed_at IS NOT NULL FROM enrichment_history WHERE job_id = @run", new { kept, run });
        var (candles, jobs) = await ReadAsync(servers.Primary.ConnectionString);
        await servers.FailOverAsync(Cancellation);
        var (candlesLeft, jobsLeft) = await ReadAsync(servers.Replica.ConnectionString);
        Row.Did($"failed over without the last {candles - candlesLeft} of {candles} candles and {jobs - jobsLeft} ends of jobs");

        // Log lines are not written twice: those of the last transactions are gone.
        await ShouldBeRightAsync(world, run, logsAreWhole: false);
        (node.HasEnded, late?.HasEnded ?? false).ShouldBe((false, false));
        (await world.ScalarAsync<int>("SELECT count(*) FROM enrichment_nodes WHERE heartbeat_at > now() - interval '30 seconds'"))
            .ShouldBe(late is null ? 1 : 2);
        // In less time than a node takes to start there may have been no heartbeat to be lost.
        if (late is not null)
            node.Lines.ShouldContain(line => line.Contains("lacks its last transactions", StringComparison.Ordinal));
    }

    private static async Task<(long Candles, long Ended)> ReadAsync(string connectionString)
    {
        await using var server = NpgsqlDataSource.Create(connectionString);
        await using var command = server.CreateCommand(
            "SELECT (SELECT count(*) FROM candles), (SELECT count(*) FROM enrichment_jobs WHERE completed_at IS NOT NULL)");
        await using var row = await command.ExecuteReaderAsync(Cancellation);
        await row.ReadAsync(Cancellation);
        return (row.GetInt64(0), row.GetInt64(1));
    }
}
