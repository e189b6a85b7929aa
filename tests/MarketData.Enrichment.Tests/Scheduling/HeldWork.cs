using System.Collections.Concurrent;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Pipeline;

namespace MarketData.Enrichment.Tests.Scheduling;

/// <summary>Work that goes on until the test lets it end, and tells how much of it there is.</summary>
internal sealed class HeldWork
{
    private readonly ConcurrentDictionary<string, int> _active = [];
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _most;

    /// <summary>Symbols worked on now.</summary>
    public IReadOnlyCollection<string> Active => [.. _active.Keys];

    /// <summary>The most that were worked on at once.</summary>
    public int Most => _most;

    /// <summary>Symbols whose work was broken off.</summary>
    public ConcurrentQueue<string> BrokenOff { get; } = new();

    /// <summary>Lets all work end, what is under way and what comes.</summary>
    public void Release() => _released.TrySetResult();

    public async Task RunAsync(JobProgress progress, BarInterval interval, CancellationToken cancellation)
    {
        var symbol = progress.Job.Symbol;
        _active.AddOrUpdate(symbol, 1, (_, count) => count + 1).ShouldBe(1);
        lock (_active)
            _most = Math.Max(_most, _active.Count);
        try
        {
            await _released.Task.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            BrokenOff.Enqueue(symbol);
            throw;
        }
        finally
        {
            _active.TryRemove(symbol, out _);
        }
    }
}
