using Dapper;
using MarketData.Storage.Enrichment;

namespace MarketData.Chaos.Tests;

/// <summary>The clock of a node's machine is an hour off, or is set by minutes while the node works.</summary>
public sealed class WrongClockTests(FaultFreeRun faultFree) : ChaosTests(faultFree)
{
    [Fact]
    public async Task A_clock_that_jumps_while_a_node_works_changes_nothing()
    {
        Assert.SkipWhen(MachineClock.Missing is not null, MachineClock.Missing ?? "");
        var chance = ChaosSettings.Chance("jumping clock");
        using var clock = new MachineClock(TimeSpan.FromHours(1));
        await using var world = await CreateWorldAsync();
        var node = await world.StartNodeAsync(clock.Settings);
        var run = await world.TriggerAsync();

        var jumps = Math.Max(2, ChaosSettings.Kills / 2);
        for (var jump = 0; jump < jumps; jump++)
        {
            await WorkedUntilAsync(world, chance, jump, jumps);
            clock.Set(TimeSpan.FromMinutes(chance.Next(3, 90) * (jump % 2 == 0 ? -1 : 1)));
        }

        Row.Did($"{jumps} jumps");
        await ShouldBeRightAsync(world, run);
        node.HasEnded.ShouldBeFalse();
        string.Join('\n', node.Lines).ShouldContain("This machine's clock is 60 min ahead of the database's");
    }

    [Fact]
    public async Task What_counts_as_closed_does_not_depend_on_a_nodes_clock()
    {
        Assert.SkipWhen(MachineClock.Missing is not null, MachineClock.Missing ?? "");
        await using var world = await CreateWorldAsync();
        // A market that goes on, with a candle that is forming at any time.
        await using var market = await ServiceProcess.StartAsync(
            "MarketData.Simulator", "alive", [new("Simulator:Seed", "4711"), new("Logging:LogLevel:Default", "Warning")], Cancellation);
        foreach (var (coin, hours) in ((string, int)[])[("SIM0903-USD", 1), ("SIM0906-USD", -1)])
            await ShouldStoreWhatIsClosedAsync(world, market, coin, TimeSpan.FromHours(hours));
        Row.Did("nodes an hour ahead and an hour behind");
    }

    private static async Task ShouldStoreWhatIsClosedAsync(ChaosWorld world, ServiceProcess market, string coin, TimeSpan off)
    {
        await using (var connection = await world.Database.OpenConnectionAsync(Cancellation))
        {
            await connection.ExecuteAsync(
                "UPDATE symbols SET active = false; INSERT INTO symbols (symbol, asset_class, timeframes) VALUES (@coin, 'crypto', '{5m}')",
                new { coin });
        }

        using var clock = new MachineClock(off);
        var node = await world.StartNodeAsync([
            .. clock.Settings, ("Enrichment:History:FiveMinutes", "2"),
            ("Providers:Binance:BaseUrl", new Uri(market.Address, "binance").AbsoluteUri),
            ("Providers:Binance:FuturesBaseUrl", new Uri(market.Address, "binance-futures").AbsoluteUri)]);
        var asked = new RunRequest { Trigger = RunTrigger.Manual, Symbols = [coin] };
        var run = (await new RunStore(world.Database).CreateAsync(asked, Cancellation)).JobId!.Value;
        await world.EndedAsync(run);
        await node.KillAsync();

        var stored = await world.ScalarAsync<string>(
            """
            SELECT concat_ws(' ', count(*) > 500, bool_and(ts + interval '5 minutes' <= recorded_at),
                             max(ts) > max(recorded_at) - interval '10 minutes')
            FROM candles WHERE symbol = @coin
            """,
            new { coin });
        stored.ShouldBe("t t t", $"{coin}: enough, none before it closed, none missing. {node.LastWords}");
    }
}
