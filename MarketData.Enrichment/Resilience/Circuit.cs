namespace MarketData.Enrichment.Resilience;

/// <summary>
/// A circuit breaker: opens when too large a share of recent calls failed, or so many in a row, and after a break lets one call probe. Polly's
/// own knows the share alone; a provider that is asked seldom would never reach its least number of calls. Safe for many threads.
/// </summary>
/// <param name="options">When to open, and for how long.</param>
/// <param name="time">The clock.</param>
/// <param name="changed">Told of each change of state: from, to, and why; called outside the lock's reach of other callers, so be quick.</param>
public sealed class Circuit(CircuitBreakerOptions options, TimeProvider time, Action<CircuitState, CircuitState, string> changed)
{
    private readonly Lock _gate = new();
    private readonly Queue<(long At, bool Failed)> _calls = new();
    private CircuitState _state;
    private int _inRow;
    private int _failures;
    private bool _probing;
    private DateTimeOffset? _openedAt;

    /// <summary>What it lets through now, and since when it has not been closed.</summary>
    public (CircuitState State, DateTimeOffset? OpenedAt, DateTimeOffset? RetryAt, double FailureRatio) Read()
    {
        lock (_gate)
        {
            Forget();
            var ratio = _calls.Count == 0 ? 0 : (double)_failures / _calls.Count;
            return (_state, _openedAt, _state == CircuitState.Open ? _openedAt + options.BreakDuration : null, ratio);
        }
    }

    /// <summary>Asks to make a call; whoever may must report with <see cref="Report"/> or <see cref="Abandon"/>.</summary>
    /// <param name="retryAt">When to ask again, for a refusal.</param>
    public bool TryEnter(out DateTimeOffset? retryAt)
    {
        lock (_gate)
        {
            retryAt = null;
            if (_state == CircuitState.Closed)
                return true;
            retryAt = _openedAt + options.BreakDuration;
            if (_state == CircuitState.Isolated || (_state == CircuitState.Open && time.GetUtcNow() < retryAt) || _probing)
                return false;
            _probing = true;
            if (_state == CircuitState.Open)
                Change(CircuitState.HalfOpen, "The break is over; one call probes.");
            return true;
        }
    }

    /// <summary>Says how a call ended.</summary>
    public void Report(bool failed)
    {
        lock (_gate)
        {
            if (_state == CircuitState.HalfOpen)
            {
                _probing = false;
                if (failed)
                    Open("The probe failed.");
                else
                    Close();
                return;
            }

            _inRow = failed ? _inRow + 1 : 0;
            _calls.Enqueue((time.GetTimestamp(), failed));
            _failures += failed ? 1 : 0;
            Forget();
            if (_state != CircuitState.Closed)
                return;
            if (_inRow >= options.ConsecutiveFailures)
                Open($"{_inRow} calls in a row failed.");
            else if (_calls.Count >= options.MinimumThroughput && (double)_failures / _calls.Count >= options.FailureRatio)
                Open($"{_failures} of the last {_calls.Count} calls failed.");
        }
    }

    /// <summary>Says that a call came to no end that tells anything about the provider.</summary>
    public void Abandon()
    {
        lock (_gate)
            _probing = false;
    }

    /// <summary>Opens it until <see cref="Restore"/>, whatever calls say.</summary>
    public void Isolate()
    {
        lock (_gate)
        {
            _openedAt ??= time.GetUtcNow();
            Change(CircuitState.Isolated, "A person isolated it.");
        }
    }

    /// <summary>Closes it, whatever calls said.</summary>
    public void Restore()
    {
        lock (_gate)
            Close();
    }

    private void Open(string why)
    {
        _openedAt = time.GetUtcNow();
        Change(CircuitState.Open, why);
    }

    private void Close()
    {
        (_openedAt, _inRow, _failures, _probing) = (null, 0, 0, false);
        _calls.Clear();
        Change(CircuitState.Closed, "A call succeeded.");
    }

    private void Change(CircuitState to, string why)
    {
        if (_state == to)
            return;
        var from = _state;
        _state = to;
        changed(from, to, why);
    }

    private void Forget()
    {
        while (_calls.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At) > options.SamplingDuration)
            _failures -= _calls.Dequeue().Failed ? 1 : 0;
    }
}
