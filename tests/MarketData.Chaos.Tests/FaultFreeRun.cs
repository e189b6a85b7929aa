using System.Diagnostics;

namespace MarketData.Chaos.Tests;

/// <summary>What a run stores when nothing goes wrong, and how long it takes: what every scenario is measured by.</summary>
public sealed class FaultFreeRun : IAsyncLifetime
{
    /// <summary>Everything that it stored.</summary>
    internal StoredData Data { get; private set; } = null!;

    /// <summary>From the trigger to the end.</summary>
    public TimeSpan Duration { get; private set; }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await using var world = await ChaosWorld.CreateAsync();
        await world.StartNodeAsync();
        var startedAt = Stopwatch.GetTimestamp();
        var run = await world.TriggerAsync();
        await world.EndedAsync(run);
        Duration = Stopwatch.GetElapsedTime(startedAt);
        Data = await StoredData.ReadAsync(world.Database, TestContext.Current.CancellationToken);
        await world.ShouldBeRightAsync(run, Data);
        Data.Candles.ShouldBeGreaterThan(1000 * ChaosSettings.Symbols);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
