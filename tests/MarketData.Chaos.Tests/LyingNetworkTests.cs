using MarketData.Testing;

namespace MarketData.Chaos.Tests;

/// <summary>The wires of a node lie in every way that wires do, one after the other.</summary>
public sealed class LyingNetworkTests(FaultFreeRun faultFree) : ChaosTests(faultFree)
{
    private static readonly WireConditions Slow = new() { Latency = TimeSpan.FromMilliseconds(30), Jitter = TimeSpan.FromMilliseconds(60) };
    private static readonly WireConditions Thin = new() { BytesPerSecond = 60_000, SliceBytes = 700 };
    private static readonly WireConditions EndsLate = new() { CloseDelay = TimeSpan.FromSeconds(4), SliceBytes = 1_000 };

    private static readonly (string Name, Action<TcpProxy> Begin, Action<TcpProxy> End)[] Lies =
    [
        ("slow", wire => (wire.ToServer, wire.ToClient) = (Slow, Slow), wire => wire.Mend()),
        ("thin, in slices", wire => (wire.ToServer, wire.ToClient) = (Thin, Thin), wire => wire.Mend()),
        ("ends late", wire => (wire.ToServer, wire.ToClient) = (EndsLate, EndsLate), wire => wire.Mend()),
        ("out of order", Reorder, wire => wire.Mend()),
        ("loses what is asked", wire => wire.CutToServer(), wire => wire.Mend()),
        ("loses answers", wire => wire.CutToClient(), wire => wire.Mend()),
        ("forgets connections", wire => wire.Cut(), wire => wire.MendForgetting()),
        ("refuses", Refuse, wire => wire.Mend()),
    ];

    [Fact]
    public async Task A_network_that_lies_loses_and_doubles_nothing()
    {
        var chance = ChaosSettings.Chance("lying network");
        await using var world = await CreateWorldAsync();
        var node = await world.StartNodeAsync();
        var run = await world.TriggerAsync();

        var told = new List<string>();
        var lies = Lies.SelectMany(_ => world.Wires, (lie, wire) => (lie, wire)).ToArray();
        chance.Shuffle(lies);
        var count = Math.Min(lies.Length, 2 + ChaosSettings.Kills);
        foreach (var (n, (lie, wire)) in lies.Take(count).Index())
        {
            await WorkedUntilAsync(world, chance, n, count);
            lie.Begin(wire);
            await Task.Delay(TimeSpan.FromSeconds(1 + chance.NextDouble() * 3), Cancellation);
            lie.End(wire);
            told.Add($"{(wire == world.Wires[0] ? "database" : "providers")} {lie.Name}");
        }

        Row.Did(string.Join(", ", told));
        await ShouldBeRightAsync(world, run);
        node.HasEnded.ShouldBeFalse();
    }

    // Connections are made anew, and the later ones arrive before the earlier.
    private static void Reorder(TcpProxy wire)
    {
        wire.ConnectJitter = TimeSpan.FromSeconds(1);
        wire.ResetAll();
    }

    private static void Refuse(TcpProxy wire)
    {
        wire.IsRefusing = true;
        wire.ResetAll();
    }
}
