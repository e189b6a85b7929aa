namespace MarketData.Enrichment.Resilience;

/// <summary>How recent calls ended; Polly's circuit breakers keep their own counts to themselves. Safe for many threads.</summary>
/// <param name="duration">How far back calls are counted.</param>
/// <param name="time">The clock.</param>
internal sealed class RecentCalls(TimeSpan duration, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Queue<(long At, bool Failed)> _calls = new();
    private volatile int _failedInRow;

    /// <summary>Failures since the last success, however long ago the first was.</summary>
    public int FailedInRow => _failedInRow;

    /// <summary>Calls within the duration, and how many of them failed.</summary>
    public (int Total, int Failed) Count()
    {
        lock (_gate)
        {
            while (_calls.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At) > duration)
                _calls.Dequeue();
            return (_calls.Count, _calls.Count(call => call.Failed));
        }
    }

    /// <summary>Adds a call that has ended.</summary>
    public void Add(bool failed)
    {
        lock (_gate)
        {
            _calls.Enqueue((time.GetTimestamp(), failed));
            _failedInRow = failed ? _failedInRow + 1 : 0;
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _calls.Clear();
            _failedInRow = 0;
        }
    }
}
