using System.Globalization;
using System.Net;
using MarketData.Testing;

namespace MarketData.Chaos.Tests;

/// <summary>The names of database and providers lead elsewhere in the middle of a run; where they led to, nobody answers any more.</summary>
public sealed class MovedNameTests(FaultFreeRun faultFree) : ChaosTests(faultFree)
{
    private const string Database = "database.test";
    private const string Provider = "provider.test";
    private const string Before = "127.0.0.2";
    private const string After = "127.0.0.3";

    [Fact(Explicit = true)]
    public async Task A_name_that_moves_in_the_middle_of_a_run_is_followed()
    {
        Assert.SkipWhen(MovingNames.Missing is not null, MovingNames.Missing ?? "");
        var chance = ChaosSettings.Chance("moved names");
        using var names = new MovingNames((Database, Before), (Provider, Before));
        await using var world = await CreateWorldAsync();
        await using var oldDatabase = At(Before, 0, world.DatabaseServer);
        await using var newDatabase = At(After, oldDatabase.Port, world.DatabaseServer);
        await using var oldProvider = At(Before, 0, new DnsEndPoint(world.Simulator.Address.Host, world.Simulator.Address.Port));
        await using var newProvider = At(After, oldProvider.Port, new DnsEndPoint(world.Simulator.Address.Host, world.Simulator.Address.Port));
        world.NodeLauncher = names.Launcher;
        var node = await world.StartNodeAsync([
            ("ConnectionStrings:marketdata", world.ConnectionString(Database, oldDatabase.Port)), .. Providers(oldProvider.Port)]);
        var run = await world.TriggerAsync();

        await WorkedUntilAsync(world, chance, 0, 2);
        names.Lead((Database, After), (Provider, Before));
        // The machine is gone, and says nothing of it.
        oldDatabase.Cut();
        await WorkedUntilAsync(world, chance, 1, 2);
        names.Lead((Database, After), (Provider, After));
        // The machine is another's by now.
        oldProvider.IsRefusing = true;
        oldProvider.ResetAll();

        await ShouldBeRightAsync(world, run);
        Row.Did($"2 names moved, {newDatabase.Connections} connections to the new database, {newProvider.Connections} to the new provider");
        newDatabase.Connections.ShouldBeGreaterThan(0);
        node.HasEnded.ShouldBeFalse();
    }

    private static TcpProxy At(string address, int port, DnsEndPoint server) =>
        new(server.Host, server.Port, new IPEndPoint(IPAddress.Parse(address), port));

    private static (string Name, string Value)[] Providers(int port) =>
    [
        ("Providers:Polygon:BaseUrl", Address(port, "polygon")),
        ("Providers:Binance:BaseUrl", Address(port, "binance")),
        ("Providers:Binance:FuturesBaseUrl", Address(port, "binance-futures")),
    ];

    private static string Address(int port, string folder) => string.Create(CultureInfo.InvariantCulture, $"http://{Provider}:{port}/{folder}");
}
