using System.Diagnostics;
using System.Threading.RateLimiting;
using MarketData.Storage.Enrichment;
using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Retry;
using Polly.Timeout;

namespace MarketData.Enrichment.Resilience;

/// <summary>
/// Everything between the enrichment and one provider, outer to inner: total timeout, retry, circuit breaker, rate limiter, bulkhead, attempt
/// timeout. Its <see cref="Read"/> is the one source of what metrics, REST and dashboard show.
/// </summary>
public sealed class ProviderGate : IAsyncDisposable
{
    private static readonly ResiliencePropertyKey<long> CalledAt = new("called-at");
    private static readonly ResiliencePropertyKey<string?> LastFailure = new("last-failure");
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RestrictionKept = TimeSpan.FromDays(1);

    // When jobs that wait for a provider which is shut off look again: nothing tells them that it was restored.
    private static readonly TimeSpan IsolationLook = TimeSpan.FromMinutes(1);

    private readonly ProviderResilienceOptions _options;
    private readonly EnrichmentMetrics _metrics;
    private readonly NodeIdentity _node;
    private readonly TimeProvider _time;
    private readonly SharedTokenBucket _bucket;
    private readonly ConcurrencyLimiter _bulkhead;
    private readonly Lane _candles;
    private readonly Lane _extras;
    private readonly RequestTally _tally;
    private readonly RequestLog _requests;
    private long _sent;
    private long _notAsked;
    private long _errors;
    private long _retries;
    private volatile Failure? _lastFailure;
    private volatile object? _clockOffset;
    private volatile ProviderException? _lastRefusal;
    private long _lastSuccessTicks;

    /// <summary>Builds the pipeline.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="options">Its limits.</param>
    /// <param name="quota">The cluster's buckets; null where there is no database: nothing limits calls then.</param>
    /// <param name="metrics">Where counts go.</param>
    /// <param name="node">This node.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where it is said that the cluster's buckets can't be had; null: nowhere.</param>
    public ProviderGate(
        string provider, ProviderResilienceOptions options, ProviderQuotaStore? quota, EnrichmentMetrics metrics, NodeIdentity node, TimeProvider time,
        ILogger<SharedTokenBucket>? log = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(metrics);
        (Provider, _options, _metrics, _node, _time) = (provider, options, metrics, node, time);
        _tally = new RequestTally(time);
        _requests = new RequestLog(() => NoteNotLogged(1));
        _bucket = new SharedTokenBucket(provider, options, quota, metrics, time, log);
        _bulkhead = new ConcurrencyLimiter(
            new ConcurrencyLimiterOptions { PermitLimit = options.MaxConcurrency, QueueLimit = options.ConcurrencyQueue });
        _candles = Build(Changed);
        _extras = Build(static (_, _, _) => { });
        metrics.Observe(Provider, ReadResilience);
    }

    /// <summary>The provider's name.</summary>
    public string Provider { get; }

    /// <summary>Whether a person has shut it off.</summary>
    public bool IsIsolated => _candles.Circuit.State is CircuitState.Isolated;

    /// <summary>
    /// By how much the provider's clock was ahead of this machine's when it last answered, to about a second; null before it has said so.
    /// </summary>
    public TimeSpan? ClockOffset
    {
        get => (TimeSpan?)_clockOffset;
        set => _clockOffset = value;
    }

    /// <summary>Told of each change of the circuit: from, to, why.</summary>
    public event Action<CircuitState, CircuitState, string>? CircuitChanged;

    /// <summary>Makes a call, again where that may help.</summary>
    /// <param name="call">Asks the provider and reads its answer; throws a <see cref="ProviderException"/> when that fails.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="isExtra">
    /// Whether candles can do without it: such calls share everything but the circuit, since theirs may fail while candles can be had.
    /// </param>
    /// <exception cref="ProviderException">
    /// The provider could not be asked, refused, or answered something unreadable, up to the last attempt.
    /// </exception>
    public async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation, bool isExtra = false)
    {
        var lane = isExtra ? _extras : _candles;
        if (lane.Restriction is { } restriction && _time.GetUtcNow() - restriction.ToldAt < RestrictionKept)
            throw restriction.Again();
        var circuit = lane.Circuit;
        var context = ResilienceContextPool.Shared.Get(cancellation);
        context.Properties.Set(CalledAt, _time.GetTimestamp());
        try
        {
            return await lane.Pipeline.ExecuteAsync(
                async attempt =>
                {
                    // It may have opened while this call waited for its permit.
                    circuit.ThrowIfOpened(attempt);
                    return await AttemptAsync(call, isExtra, attempt.CancellationToken, cancellation);
                },
                context);
        }
        catch (ProviderException e) when (e.Kind == ProviderErrorKind.RestrictedLocation)
        {
            lane.Restriction = new Restriction(e, _time.GetUtcNow());
            throw;
        }
        catch (TimeoutRejectedException e)
        {
            throw Silent(e.Timeout, e);
        }
        catch (RateLimiterRejectedException e)
        {
            throw e.RetryAfter is { } wait ? LeftAlone(wait, e) : Full(e);
        }
        catch (BrokenCircuitException e)
        {
            Interlocked.Increment(ref _notAsked);
            _tally.NotAsked();
            _metrics.NotAsked.Add(1, new KeyValuePair<string, object?>("provider", Provider));
            throw NotAsked(circuit, context.Properties.GetValue(LastFailure, null), e);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>
    /// Makes a call once and at once: it takes a permit of the cluster's bucket, and is made without one where jobs use all of them up, but not
    /// while the provider wants to be left alone. The circuit has no part in it.
    /// </summary>
    /// <param name="call">Asks the provider and reads its answer; throws a <see cref="ProviderException"/> when that fails.</param>
    /// <param name="cancellation">Ends it; it ends by itself after 5 s.</param>
    /// <param name="isExtra">Whether candles can do without it.</param>
    /// <exception cref="ProviderException">The provider wants to be left alone, refused, did not answer, or answered something unreadable.</exception>
    public async Task<T> ProbeAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation, bool isExtra = false)
    {
        var lane = isExtra ? _extras : _candles;
        using var timeout = new CancellationTokenSource(ProbeTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            if (await _bucket.TakeAsync(1, either.Token) is { BlockedFor: var wait } && wait > TimeSpan.Zero)
                throw LeftAlone(wait, null);
            var result = await AttemptAsync(call, isExtra, either.Token, cancellation);
            lane.Restriction = null;
            return result;
        }
        catch (ProviderException e) when (e.Kind == ProviderErrorKind.RestrictedLocation)
        {
            lane.Restriction = new Restriction(e, _time.GetUtcNow());
            throw;
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            Note(Late(ProbeTimeout), isTransient: true);
            throw Silent(ProbeTimeout, e);
        }
    }

    /// <summary>Shuts it off, as a person wants it: nothing but probes is asked until it is restored. Shut off already, it changes nothing.</summary>
    /// <param name="why">Who wants it, and why.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task IsolateAsync(string why, CancellationToken cancellation)
    {
        if (IsIsolated)
            return;
        foreach (var lane in (Lane[])[_candles, _extras])
            await lane.Circuit.IsolateAsync(why, cancellation);
    }

    /// <summary>Has it asked again, with closed circuits, where a person had shut it off or one has opened by itself.</summary>
    public async Task RestoreAsync(CancellationToken cancellation)
    {
        foreach (var lane in (Lane[])[_candles, _extras])
        {
            if (lane.Circuit.State is not CircuitState.Closed)
                await lane.Circuit.CloseAsync(cancellation);
        }
    }

    /// <summary>
    /// Counts a request that went out to the provider: of whatever kind, one page of many, a first attempt or a later one, answered or not.
    /// </summary>
    /// <param name="underWay">How long it was under way.</param>
    /// <param name="answeredIn">How long the answer took to its end, whatever its status; null when there was none, or not all of it.</param>
    /// <param name="hasFailed">Whether it came to nothing: no answer, a refusal, or an answer that does not read.</param>
    public void Sent(TimeSpan underWay, TimeSpan? answeredIn, bool hasFailed)
    {
        Interlocked.Increment(ref _sent);
        _tally.Sent(answeredIn, hasFailed);
        _metrics.RequestDuration.Record(
            underWay.TotalSeconds, new("provider", Provider), new("outcome", answeredIn is null ? "unanswered" : "answered"));
    }

    /// <summary>Keeps a request for the log, whether it went out or not.</summary>
    public void Log(ProviderRequest request) => _requests.Add(request);

    /// <summary>Keeps the whole cluster away from the provider for a while.</summary>
    public Task HoldOffAsync(TimeSpan duration, CancellationToken cancellation) => _bucket.BlockAsync(duration, cancellation);

    /// <summary>
    /// Keeps the whole cluster away from a provider that turns this client away, for ever longer while it does, where the settings say so; a
    /// <c>Retry-After</c> comes first.
    /// </summary>
    /// <param name="refusal">How it was turned away.</param>
    /// <param name="underWay">How long the request took.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The refusal, with the instant from which on it makes sense to ask again.</returns>
    public async Task<ProviderException> TurnedAwayAsync(ProviderException refusal, TimeSpan underWay, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        _lastRefusal = refusal;
        if (_options.RefusalBackoff.From == TimeSpan.Zero || refusal.RetryAfter is not null
            || await _bucket.RefusedAsync(refusal.Message, underWay, cancellation) is not { } wait)
            return refusal;
        return new ProviderException(refusal.Provider, refusal.Kind, refusal.Message, refusal.Advice, refusal)
        {
            Symbol = refusal.Symbol,
            StatusCode = refusal.StatusCode,
            RetryAfter = wait,
            RetryAt = _time.GetUtcNow() + wait,
        };
    }

    /// <summary>The state at this instant.</summary>
    public ProviderState Read()
    {
        var (failure, success) = (_lastFailure, Interlocked.Read(ref _lastSuccessTicks));
        return new ProviderState
        {
            Resilience = ReadResilience(),
            LastSuccessAt = success == 0 ? null : new DateTime(success, DateTimeKind.Utc),
            LastError = failure?.Message,
            LastErrorAt = failure?.At,
        };
    }

    /// <summary>Takes away what was asked of the provider since the last time, to put it on record.</summary>
    public IReadOnlyList<RequestCounts> TakeCounts() => _tally.Take();

    /// <summary>Gives back what could not be put on record.</summary>
    public void GiveBack(IReadOnlyList<RequestCounts> counts) => _tally.GiveBack(counts);

    /// <summary>Takes away the requests since the last time, to put them on record.</summary>
    public IReadOnlyList<ProviderRequest> TakeRequests() => _requests.Take();

    /// <summary>Counts requests that are missing from the log.</summary>
    public void NoteNotLogged(int requests) => _metrics.RequestsNotLogged.Add(requests, new KeyValuePair<string, object?>("provider", Provider));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _bucket.DisposeAsync();
        await _bulkhead.DisposeAsync();
    }

    private ProviderResilience ReadResilience()
    {
        var (circuit, bulkhead) = (_candles.Circuit, _bulkhead.GetStatistics()!);
        return new ProviderResilience
        {
            Provider = Provider,
            Node = _node.Id,
            NodeAlive = true,
            CircuitState = circuit.State.Name(),
            OpenedAt = circuit.OpenedAt?.UtcDateTime,
            RetryAt = circuit.RetryAt?.UtcDateTime,
            FailureRatio = circuit.FailureRatio,
            RateLimit = new RateLimitState
            {
                LimitPerMinute = _options.RequestsPerMinute,
                Burst = _options.Burst,
                Available = _bucket.Permits,
                Queued = _bucket.Queued,
                RejectionsTotal = _bucket.Rejections,
                BlockedUntil = _bucket.BlockedUntil?.UtcDateTime,
                Refusal = _bucket.Refusal,
            },
            Bulkhead = new BulkheadState
            {
                Limit = _options.MaxConcurrency,
                Active = _options.MaxConcurrency - (int)bulkhead.CurrentAvailablePermits,
                Queued = (int)bulkhead.CurrentQueuedCount,
                RejectionsTotal = bulkhead.TotalFailedLeases,
            },
            RetriesTotal = Interlocked.Read(ref _retries),
            CallsTotal = Interlocked.Read(ref _sent),
            NotAskedTotal = Interlocked.Read(ref _notAsked),
            ErrorsTotal = Interlocked.Read(ref _errors),
            UpdatedAt = _time.GetUtcNow().UtcDateTime,
        };
    }

    private Lane Build(Action<CircuitState, CircuitState, string> changed)
    {
        var circuit = new ProviderCircuitBreaker(_options.CircuitBreaker, _time, changed);
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = _time, Name = Provider }
            .AddTimeout(_options.TotalTimeout)
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = Math.Max(1, _options.MaxRetries),
                ShouldHandle = attempt =>
                    ValueTask.FromResult(_options.MaxRetries > 0 && IsWorthRetrying(attempt.Outcome.Exception, TimeLeft(attempt.Context))),
                Delay = _options.RetryBaseDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                DelayGenerator = attempt => ValueTask.FromResult((attempt.Outcome.Exception as ProviderException)?.RetryAfter),
                OnRetry = Retrying,
            })
            .AddStrategy(_ => circuit, new CircuitOptions())
            .AddRateLimiter(_bucket)
            .AddRateLimiter(new RateLimiterStrategyOptions
            {
                RateLimiter = arguments => _bulkhead.AcquireAsync(1, arguments.Context.CancellationToken),
                OnRejected = _ =>
                {
                    _metrics.BulkheadRejections.Add(1, new KeyValuePair<string, object?>("provider", Provider));
                    return ValueTask.CompletedTask;
                },
            })
            .AddStrategy(_ => circuit.Ends, new CircuitOptions())
            .AddTimeout(new TimeoutStrategyOptions
            {
                Timeout = _options.AttemptTimeout,
                OnTimeout = late =>
                {
                    Note(Late(late.Timeout), isTransient: true);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
        return new Lane(pipeline, circuit);
    }

    private async Task<T> AttemptAsync<T>(
        Func<CancellationToken, Task<T>> call, bool isExtra, CancellationToken attempt, CancellationToken cancellation)
    {
        var startedAt = _time.GetTimestamp();
        try
        {
            var result = await call(attempt);
            Interlocked.Exchange(ref _lastSuccessTicks, _time.GetUtcNow().UtcTicks);
            if (!isExtra)
                await _bucket.ServedAsync(_time.GetElapsedTime(startedAt), cancellation);
            return result;
        }
        catch (ProviderException e)
        {
            Note(e.Message, e.IsTransient);
            // The provider has answered: what the database takes for this is not counted as its time.
            if (e is { Kind: ProviderErrorKind.RateLimited, RetryAfter: { } wait })
                await _bucket.BlockAsync(wait, cancellation);
            if (e.IsRefusal)
                throw await TurnedAwayAsync(e, _time.GetElapsedTime(startedAt), cancellation);
            throw;
        }
    }

    private void Note(string message, bool isTransient)
    {
        if (isTransient)
            Interlocked.Increment(ref _errors);
        _lastFailure = new Failure(message, _time.GetUtcNow().UtcDateTime);
    }

    // A Retry-After that is longer than the call may take is left to the job's retry.
    private static bool IsWorthRetrying(Exception? failure, TimeSpan timeLeft) => failure switch
    {
        TimeoutRejectedException => true,
        ProviderException { RetryAfter: { } wait } when wait >= timeLeft => false,
        // Whoever turns clients away minds those more who insist.
        ProviderException e => e is { IsTransient: true, IsRefusal: false },
        _ => false,
    };

    private TimeSpan TimeLeft(ResilienceContext context) =>
        _options.TotalTimeout - _time.GetElapsedTime(context.Properties.GetValue(CalledAt, _time.GetTimestamp()));

    private ValueTask Retrying(OnRetryArguments<object> arguments)
    {
        var reason = (arguments.Outcome.Exception as ProviderException)?.Kind switch
        {
            ProviderErrorKind.BadAnswer or ProviderErrorKind.UnreadableSymbol => "bad_answer",
            ProviderErrorKind.RateLimited => "rate_limit",
            _ => "unavailable",
        };
        var failure = arguments.Outcome.Exception;
        arguments.Context.Properties.Set(LastFailure, failure is TimeoutRejectedException late ? Late(late.Timeout) : failure?.Message);
        Interlocked.Increment(ref _retries);
        _metrics.Retries.Add(1, new("provider", Provider), new("reason", reason));
        Activity.Current?.AddEvent(new ActivityEvent($"retry {arguments.AttemptNumber + 1}: {reason}"));
        return ValueTask.CompletedTask;
    }

    private void Changed(CircuitState from, CircuitState to, string why)
    {
        _metrics.CircuitTransitions.Add(1, new("provider", Provider), new("to", to.Name()));
        CircuitChanged?.Invoke(from, to, why);
    }

    private static string Late(TimeSpan timeout) => $"did not answer within {timeout.TotalSeconds:0.###} s.";

    private ProviderException Silent(TimeSpan timeout, Exception e) => new(
        Provider, ProviderErrorKind.Transient, Late(timeout),
        "Wait: the symbol is tried again by itself. If it lasts, look at the provider's status page.", e);

    private ProviderException LeftAlone(TimeSpan wait, Exception? e)
    {
        var until = _time.GetUtcNow() + wait;
        return _bucket.Refusal is { } refusal
            ? new ProviderException(
                Provider, ProviderErrorKind.ClientRefused, $"is not asked before {until:yyyy-MM-dd HH:mm} UTC, since it {refusal}",
                _lastRefusal?.Advice ?? "Wait: it is asked again by itself then. If it goes on refusing, enable a provider that serves you.", e)
            { RetryAfter = wait, RetryAt = until }
            : new ProviderException(
                Provider, ProviderErrorKind.RateLimited, $"wants to be left alone for another {wait.TotalSeconds:0} s.",
                "Wait: the symbol is tried again by itself when the provider allows it.", e)
            { RetryAfter = wait, RetryAt = until };
    }

    // A call whose own failure opened the circuit says what that was: else a symbol for which the provider always fails would never tell why.
    private ProviderException NotAsked(ProviderCircuitBreaker circuit, string? before, Exception e) => circuit.State is CircuitState.Isolated
        ? new ProviderException(
            Provider, ProviderErrorKind.CircuitOpen, "not asked, a person has shut it off.",
            "Restore it on its page when it may be asked again; what waits for it goes on within a minute.", e)
        { RetryAt = _time.GetUtcNow() + IsolationLook, IsShutOff = true }
        : new ProviderException(
            Provider, ProviderErrorKind.CircuitOpen,
            before is null ? "not asked, its circuit is open." : $"not asked again, its circuit is open. Before, it {before}",
            "Look at the provider's last errors on the resilience page; it is probed by itself when the break is over.", e)
        // Half-open, it is another call that probes: it will soon be known what came of it.
        { RetryAt = circuit.RetryAt ?? _time.GetUtcNow() };

    private ProviderException Full(Exception e) => new(
        Provider, ProviderErrorKind.RateLimited, "was not asked, too many requests were waiting already.",
        "Wait: the symbol is tried again by itself. If it lasts, lower Enrichment:Concurrency or raise the provider's limits.", e);

    // What calls of one kind share: candles, or what they can do without.
    private sealed class Lane(ResiliencePipeline pipeline, ProviderCircuitBreaker circuit)
    {
        public ResiliencePipeline Pipeline => pipeline;

        public ProviderCircuitBreaker Circuit => circuit;

        /// <summary>That the provider serves nobody here; null when it has not said so.</summary>
        public Restriction? Restriction { get; set; }
    }

    private sealed record Restriction(ProviderException Told, DateTimeOffset ToldAt)
    {
        public ProviderException Again() => new(Told.Provider, Told.Kind, Told.Message, Told.Advice, Told) { StatusCode = Told.StatusCode };
    }

    private sealed record Failure(string Message, DateTime At);

    private sealed class CircuitOptions : ResilienceStrategyOptions
    {
        public CircuitOptions() => Name = "CircuitBreaker";
    }
}
