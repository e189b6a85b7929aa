using Npgsql;
using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;

namespace MarketData.Enrichment.Resilience;

/// <summary>
/// A provider's circuit: Polly's circuit breakers for consecutive failures and for the share of recent calls that failed, shown as one.
/// </summary>
/// <remarks>
/// While it is half-open, Polly's breaker takes any call that ends for its probe, and it counts what it does not handle as a success (Polly.Core 8,
/// <c>CircuitStateController.OnUnhandledOutcomeAsync</c>). But a call that began before the circuit opened is no probe, and one that was cancelled
/// no success. So calls run inside the breakers only while the circuit is not closed; while it is, the breakers are told how calls ended.
/// </remarks>
internal sealed class ProviderCircuitBreaker : ResilienceStrategy
{
    private static readonly ResiliencePropertyKey<bool> IsProbe = new("is-probe");

    private readonly CircuitBreakerOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<CircuitState, CircuitState, string> _changed;
    private readonly CircuitBreakerStateProvider _consecutive = new();
    private readonly CircuitBreakerStateProvider _ratio = new();
    private readonly ResiliencePipeline _breakers;
    private readonly RecentCalls _calls;
    private readonly UnreadableSymbols _unreadable;
    private readonly Lock _gate = new();
    private readonly CircuitBreakerManualControl _control = new();
    private volatile Phase _phase = new(CircuitState.Closed, null, null);
    private volatile string _whyIsolated = "";

    /// <summary>Builds the breakers.</summary>
    /// <param name="options">When to open, and for how long.</param>
    /// <param name="time">The clock.</param>
    /// <param name="changed">Told of each change of state: from, to, and why.</param>
    public ProviderCircuitBreaker(CircuitBreakerOptions options, TimeProvider time, Action<CircuitState, CircuitState, string> changed)
    {
        (_options, _time, _changed) = (options, time, changed);
        _calls = new RecentCalls(options.SamplingDuration, time);
        _unreadable = new UnreadableSymbols(options.SamplingDuration, time);
        var consecutive = Breaker(_consecutive, () => IsRowFull, () => $"{_calls.FailedInRow} calls in a row failed.");
        (consecutive.FailureRatio, consecutive.MinimumThroughput) = (double.Epsilon, 2);
        var ratio = Breaker(_ratio, () => true, () => $"{_calls.Count().Failed} of the last {_calls.Count().Total} calls failed.");
        (ratio.FailureRatio, ratio.MinimumThroughput) = (options.FailureRatio, options.MinimumThroughput);
        _breakers = new ResiliencePipelineBuilder { TimeProvider = time }.AddCircuitBreaker(consecutive).AddCircuitBreaker(ratio).Build();
    }

    /// <summary>What it lets through now.</summary>
    public CircuitState State => _consecutive.CircuitState is var state and not CircuitState.Closed ? state : _ratio.CircuitState;

    /// <summary>Since when it has not been closed; null when it is.</summary>
    public DateTimeOffset? OpenedAt => _phase.OpenedAt;

    /// <summary>When a probe is let through; null unless it is open.</summary>
    public DateTimeOffset? RetryAt => _phase.RetryAt;

    /// <summary>Share of the calls within the sampling duration that failed, 0 to 1; 0 without any.</summary>
    public double FailureRatio => _calls.Count() is { Total: > 0 } calls ? (double)calls.Failed / calls.Total : 0;

    private bool IsRowFull => _calls.FailedInRow >= _options.ConsecutiveFailures;

    /// <summary>
    /// Hears how calls ended. It stands within whatever calls wait for, so that the next one is let on by a circuit that knows already.
    /// </summary>
    public ResilienceStrategy Ends => new EndsOfCalls(this);

    /// <summary>Refuses a call that was let in before, if the circuit has opened since.</summary>
    /// <exception cref="BrokenCircuitException">It has.</exception>
    public void ThrowIfOpened(ResilienceContext context)
    {
        var state = State;
        if (state is not CircuitState.Closed && !(state is CircuitState.HalfOpen && context.Properties.GetValue(IsProbe, false)))
            throw new BrokenCircuitException();
    }

    /// <summary>Lets nothing through, whatever calls say, until it is closed.</summary>
    public Task IsolateAsync(string why, CancellationToken cancellation)
    {
        _whyIsolated = why;
        return _control.IsolateAsync(cancellation);
    }

    /// <summary>Closes the circuit, whatever calls say.</summary>
    public Task CloseAsync(CancellationToken cancellation) => _control.CloseAsync(cancellation);

    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        var isClosed = State is CircuitState.Closed;
        context.Properties.Set(IsProbe, !isClosed);
        return isClosed ? await callback(context, state) : await _breakers.ExecuteOutcomeAsync(callback, context, state);
    }

    private async ValueTask TellAsync<TResult>(Outcome<TResult> outcome, ResilienceContext context)
    {
        if (HasFailed(outcome.Exception) is not { } failed || State is not CircuitState.Closed)
            return;
        _calls.Add(failed);
        // Polly's breakers open for two calls at the least: a failure that fills the row is told twice.
        for (var told = 0; told < (IsRowFull ? 2 : 1); told++)
            await _breakers.ExecuteOutcomeAsync(static (_, ended) => ValueTask.FromResult(ended), context, outcome);
    }

    // Null where the outcome says nothing of the provider: the call was cancelled, or not made since our own queues were full, the database
    // was away or the circuit had opened. A refusal is an answer: the provider works.
    private bool? HasFailed(Exception? exception) => exception switch
    {
        null or ProviderException { IsTransient: false } or ProviderException { IsRefusal: true } => false,
        // The answers of many symbols are the provider's fault, those of a few are theirs.
        ProviderException { Kind: ProviderErrorKind.UnreadableSymbol, Symbol: { } symbol } =>
            _unreadable.Add(symbol, keepsOlder: State is not CircuitState.Closed) >= Math.Max(2, _options.ConsecutiveFailures),
        OperationCanceledException or RateLimiterRejectedException or BrokenCircuitException or NpgsqlException => null,
        _ => true,
    };

    private CircuitBreakerStrategyOptions Breaker(CircuitBreakerStateProvider state, Func<bool> applies, Func<string> why) => new()
    {
        SamplingDuration = _options.SamplingDuration,
        // A probe that was given up leaves its place to the next call.
        BreakDurationGenerator = opening =>
            ValueTask.FromResult(opening.Context.CancellationToken.IsCancellationRequested ? TimeSpan.Zero : _options.BreakDuration),
        ShouldHandle = call => ValueTask.FromResult(HasFailed(call.Outcome.Exception) switch
        {
            false => false,
            true when applies() => true,
            _ => state.CircuitState is CircuitState.HalfOpen,
        }),
        StateProvider = state,
        ManualControl = _control,
        OnOpened = opened => opened.IsManual
            ? Change(CircuitState.Isolated, _whyIsolated)
            : Change(CircuitState.Open, _phase.State is CircuitState.HalfOpen ? "The probe did not succeed." : why(), opened.BreakDuration),
        OnHalfOpened = _ => Change(CircuitState.HalfOpen, "The break is over; one call probes."),
        OnClosed = async closed =>
        {
            await Change(CircuitState.Closed, closed.IsManual ? "A person restored it." : "The probe succeeded.");
            // Both breakers, so that the other one's counts begin anew too.
            await _control.CloseAsync();
        },
    };

    private ValueTask Change(CircuitState to, string why, TimeSpan breakDuration = default)
    {
        CircuitState from;
        lock (_gate)
        {
            // What one breaker does, the other may do with it.
            from = _phase.State;
            if (from == to)
                return default;
            var now = _time.GetUtcNow();
            _phase = to switch
            {
                CircuitState.Closed => new Phase(to, null, null),
                CircuitState.Open => new Phase(to, now, now + breakDuration),
                _ => new Phase(to, _phase.OpenedAt ?? now, null),
            };
            if (to is CircuitState.Closed)
            {
                _calls.Clear();
                _unreadable.Clear();
            }
        }

        _changed(from, to, why);
        return default;
    }

    // A probe's end is told by the breakers themselves.
    private sealed class EndsOfCalls(ProviderCircuitBreaker circuit) : ResilienceStrategy
    {
        protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
            Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
        {
            var outcome = await callback(context, state);
            if (!context.Properties.GetValue(IsProbe, false))
                await circuit.TellAsync(outcome, context);
            return outcome;
        }
    }

    private sealed record Phase(CircuitState State, DateTimeOffset? OpenedAt, DateTimeOffset? RetryAt);
}
