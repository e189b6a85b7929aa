namespace MarketData.Simulator.Tests;

/// <summary>A simulator without oddities or faults, for tests that only read.</summary>
public sealed class QuietSimulation : IAsyncLifetime
{
    private Simulation? _simulation;

    /// <summary>The simulator.</summary>
    public Simulation Simulation => _simulation ?? throw new InvalidOperationException("The fixture was not started.");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _simulation = await Simulation.StartAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Simulation.DisposeAsync();
}
