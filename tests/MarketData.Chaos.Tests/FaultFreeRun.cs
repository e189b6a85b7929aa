using System.Diagnostics;
using MarketData.Testing;

namespace MarketData.Chaos.Tests;

/// <summary>What a run stores when nothing goes wrong, and how long it takes: what every scenario is measured by.</summary>
public sealed class FaultFreeRun : IAsyncLifetime
{
    /// <summary>The database server of every scenario that does not break it.</summary>
    internal PostgresServer Server { get; } = new();

    /// <summary>Everything that it stored.</summary>
    internal StoredData Data { get; private set; } = null!;

    /// <summary>From the trigger to the end.</summary>
    public TimeSpan Duration { get; private set; }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await Server.InitializeAsync();
        await using var world = await ChaosWorld.CreateAsync(Server);
        await world.StartNodeAsync();
        var startedAt = Stopwatch.GetTimestamp();
        var run = await world.TriggerAsync();
        await world.EndedAsync(run);
        Duration = Stopwatch.GetElapsedTime(startedAt);
        Data = await StoredData.ReadAsync(world.Database, TestContext.Current.CancellationToken);
        await world.ShouldBeRightAsync(run, Data);
        await world.LogsShouldBeQuietAsync();
        Data.Candles.ShouldBeGreaterThan(1000 * ChaosSettings.Symbols);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
