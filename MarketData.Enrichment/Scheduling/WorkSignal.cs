namespace MarketData.Enrichment.Scheduling;

/// <summary>Says that work may be due. Raised many times before anybody looks, it wakes one waiter once.</summary>
public sealed class WorkSignal : IDisposable
{
    private readonly SemaphoreSlim _raised = new(0, 1);
    private readonly Lock _gate = new();

    /// <summary>Wakes the waiter, or the next one.</summary>
    public void Raise()
    {
        lock (_gate)
        {
            if (_raised.CurrentCount == 0)
                _raised.Release();
        }
    }

    /// <summary>Waits for the signal, at most <paramref name="longest"/>.</summary>
    public Task WaitAsync(TimeSpan longest, CancellationToken cancellation) => _raised.WaitAsync(longest, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _raised.Dispose();
}
