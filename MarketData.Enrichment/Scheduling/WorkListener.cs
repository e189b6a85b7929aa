using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Scheduling;

/// <summary>
/// Hears from the database that work became due, and wakes who waits for it. What is said while nobody listens, a poll makes up for.
/// </summary>
public sealed class WorkListener(JobStore jobs, NodeLoop loop) : IDisposable
{
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(15);
    private readonly SemaphoreSlim _raised = new(0, 1);
    private readonly Lock _gate = new();

    /// <summary>Listens until told to stop.</summary>
    public Task RunAsync(CancellationToken stopping) => loop.RunAsync("listener for work", ReconnectDelay, ListenAsync, stopping);

    /// <summary>Waits until work may have become due since the last wait, at most <paramref name="longest"/>.</summary>
    public Task WaitAsync(TimeSpan longest, CancellationToken cancellation) => _raised.WaitAsync(longest, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _raised.Dispose();

    private async Task ListenAsync(CancellationToken cancellation)
    {
        await using var session = await jobs.ListenAsync(cancellation);
        var connection = session.Connection;
        Raise();
        while (true)
        {
            // A connection that the network dropped without a reset stays silent for ever, so it is pinged after some silence.
            if (await connection.WaitAsync(ProbeInterval, cancellation))
                Raise();
            else
                await JobStore.ProbeAsync(connection, ProbeInterval, cancellation);
        }
    }

    // Raised many times before anybody waits, it wakes one waiter once.
    private void Raise()
    {
        lock (_gate)
        {
            if (_raised.CurrentCount == 0)
                _raised.Release();
        }
    }
}
