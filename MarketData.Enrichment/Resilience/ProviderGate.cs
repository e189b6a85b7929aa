using System.Diagnostics;
using System.Threading.RateLimiting;
using MarketData.Storage.Enrichment;
using Polly;
using Polly.RateLimiting;
using Polly.Retry;
using Polly.Timeout;

namespace MarketData.Enrichment.Resilience;

/// <summary>
/// Everything between the enrichment and one provider, outer to inner: total time-out, retry, circuit breaker, rate limiter, bulkhead,
/// attempt time-out. Its <see cref="Read"/> is the one source of what metrics, REST and dashboard show.
/// </summary>
public sealed class ProviderGate : IAsyncDisposable
{
    private static readonly ResiliencePropertyKey<long> CalledAt = new("called-at");

    private readonly ProviderResilienceOptions _options;
    private readonly EnrichmentMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Circuit _circuit;
    private readonly SharedTokenBucket _bucket;
    private readonly ConcurrencyLimiter _bulkhead;
    private readonly ResiliencePipeline _pipeline;
    private readonly ResiliencePipeline _extras;
    private long _calls;
    private long _errors;
    private long _retries;
    private long _bulkheadRejections;
    private volatile Failure? _lastFailure;
    private long _lastSuccessTicks;

    /// <summary>Builds the pipeline.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="options">Its limits.</param>
    /// <param name="quota">The cluster's buckets.</param>
    /// <param name="metrics">Where counts go.</param>
    /// <param name="time">The clock.</param>
    public ProviderGate(string provider, ProviderResilienceOptions options, ProviderQuotaStore quota, EnrichmentMetrics metrics, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(metrics);
        (Provider, _options, _metrics, _time) = (provider, options, metrics, time);
        _circuit = new Circuit(options.CircuitBreaker, time, Changed);
        _bucket = new SharedTokenBucket(provider, options, quota, metrics, time);
        _bulkhead = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = options.MaxConcurrency, QueueLimit = options.ConcurrencyQueue });
        _pipeline = Build(_circuit);
        _extras = Build(new Circuit(options.CircuitBreaker, time, static (_, _, _) => { }));
        metrics.Observe(Provider, Read);
    }

    /// <summary>The provider's name.</summary>
    public string Provider { get; }

    /// <summary>Told of each change of the circuit: from, to, why.</summary>
    public event Action<CircuitState, CircuitState, string>? CircuitChanged;

    /// <summary>Makes a call, again where that may help.</summary>
    /// <param name="call">Asks the provider and reads its answer; throws a <see cref="ProviderException"/> when that fails.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="isExtra">
    /// Whether candles can do without it: such calls share everything but the circuit, since theirs may fail while candles can be had.
    /// </param>
    /// <exception cref="ProviderException">The provider could not be asked, refused, or answered something unreadable, up to the last attempt.</exception>
    public async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation, bool isExtra = false)
    {
        var context = ResilienceContextPool.Shared.Get(cancellation);
        context.Properties.Set(CalledAt, _time.GetTimestamp());
        try
        {
            return await (isExtra ? _extras : _pipeline).ExecuteAsync(async (state, _) => await AttemptAsync(call, state.CancellationToken), context, context);
        }
        catch (TimeoutRejectedException e) when (!cancellation.IsCancellationRequested)
        {
            throw Late(_options.TotalTimeout, e);
        }
        catch (RateLimiterRejectedException e)
        {
            throw e.RetryAfter is { } wait ? Banned(wait, e) : Full(e);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>Keeps the whole cluster away from the provider for a while.</summary>
    public Task HoldOffAsync(TimeSpan duration, CancellationToken cancellation) => _bucket.BlockAsync(duration, cancellation);

    /// <summary>The state at this instant.</summary>
    public ProviderSnapshot Read()
    {
        var (state, openedAt, retryAt, ratio) = _circuit.Read();
        var bulkhead = _bulkhead.GetStatistics()!;
        var (failure, success) = (_lastFailure, Interlocked.Read(ref _lastSuccessTicks));
        return new ProviderSnapshot
        {
            Provider = Provider,
            CircuitState = state,
            OpenedAt = openedAt,
            RetryAt = retryAt,
            FailureRatio = ratio,
            LimitPerMinute = _options.RequestsPerMinute,
            Burst = _options.Burst,
            PermitsAvailable = _bucket.Known.Permits,
            BlockedUntil = _bucket.Known.BlockedUntil,
            RateLimitQueued = _bucket.Queued,
            RateLimitRejections = _bucket.Rejections,
            BulkheadLimit = _options.MaxConcurrency,
            BulkheadActive = _options.MaxConcurrency - (int)bulkhead.CurrentAvailablePermits,
            BulkheadQueued = (int)bulkhead.CurrentQueuedCount,
            BulkheadRejections = Interlocked.Read(ref _bulkheadRejections),
            RetriesTotal = Interlocked.Read(ref _retries),
            CallsTotal = Interlocked.Read(ref _calls),
            ErrorsTotal = Interlocked.Read(ref _errors),
            LastError = failure?.Message,
            LastErrorAt = failure?.At,
            LastSuccessAt = success == 0 ? null : new DateTimeOffset(success, TimeSpan.Zero),
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _bucket.DisposeAsync();
        await _bulkhead.DisposeAsync();
    }

    private ResiliencePipeline Build(Circuit circuit) => new ResiliencePipelineBuilder { TimeProvider = _time, Name = Provider }
        .AddTimeout(_options.TotalTimeout)
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = Math.Max(1, _options.MaxRetries),
            ShouldHandle = arguments => ValueTask.FromResult(_options.MaxRetries > 0 && IsWorthRetrying(arguments.Outcome.Exception, TimeLeft(arguments.Context))),
            Delay = _options.RetryBaseDelay,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            DelayGenerator = arguments => ValueTask.FromResult((arguments.Outcome.Exception as ProviderException)?.RetryAfter),
            OnRetry = Retrying,
        })
        .AddStrategy(_ => new CircuitStrategy(Provider, circuit), new CircuitStrategyOptions())
        .AddRateLimiter(_bucket)
        .AddRateLimiter(new RateLimiterStrategyOptions
        {
            RateLimiter = arguments => _bulkhead.AcquireAsync(1, arguments.Context.CancellationToken),
            OnRejected = _ =>
            {
                Interlocked.Increment(ref _bulkheadRejections);
                _metrics.BulkheadRejections.Add(1, new KeyValuePair<string, object?>("provider", Provider));
                return ValueTask.CompletedTask;
            },
        })
        .Build();

    // The attempt's own time-out is innermost, around the call itself: waiting for a permit must not use it up.
    private async Task<T> AttemptAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _calls);
        using var late = new CancellationTokenSource(_options.AttemptTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            var result = await call(either.Token);
            Interlocked.Exchange(ref _lastSuccessTicks, _time.GetUtcNow().UtcTicks);
            return result;
        }
        catch (OperationCanceledException e) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw Noted(Late(_options.AttemptTimeout, e));
        }
        catch (ProviderException e)
        {
            if (e is { Kind: ProviderErrorKind.RateLimited, RetryAfter: { } wait })
                await _bucket.BlockAsync(wait, cancellation);
            throw Noted(e);
        }
    }

    private ProviderException Noted(ProviderException failure)
    {
        if (failure.IsTransient)
            Interlocked.Increment(ref _errors);
        _lastFailure = new Failure(failure.Message, _time.GetUtcNow());
        return failure;
    }

    // A provider that wants to be left alone for longer than the call may take is asked again when the job is, not by this call.
    private static bool IsWorthRetrying(Exception? failure, TimeSpan timeLeft) => failure switch
    {
        ProviderException { Kind: ProviderErrorKind.CircuitOpen } => false,
        ProviderException { RetryAfter: { } wait } when wait >= timeLeft => false,
        ProviderException e => e.IsTransient,
        _ => false,
    };

    private TimeSpan TimeLeft(ResilienceContext context) =>
        _options.TotalTimeout - _time.GetElapsedTime(context.Properties.GetValue(CalledAt, _time.GetTimestamp()));

    private ValueTask Retrying(OnRetryArguments<object> arguments)
    {
        var reason = arguments.Outcome.Exception is ProviderException e ? Reason(e.Kind) : "other";
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

    private ProviderException Late(TimeSpan patience, Exception e) => new(
        Provider, ProviderErrorKind.Transient, $"did not answer within {patience.TotalSeconds:0.###} s.",
        "Wait: the symbol is tried again by itself. If it lasts, look at the provider's status page.", e);

    private ProviderException Banned(TimeSpan wait, Exception e) => new(
        Provider, ProviderErrorKind.RateLimited, $"wants to be left alone for another {wait.TotalSeconds:0} s.",
        "Wait: the symbol is tried again by itself when the provider allows it.", e)
    { RetryAfter = wait, RetryAt = _time.GetUtcNow() + wait };

    private ProviderException Full(Exception e) => new(
        Provider, ProviderErrorKind.RateLimited, "was not asked, too many requests were waiting already.",
        "Wait: the symbol is tried again by itself. If it lasts, lower Enrichment:Concurrency or raise the provider's limits.", e);

    private static string Reason(ProviderErrorKind kind) => kind switch
    {
        ProviderErrorKind.BadAnswer => "bad_answer",
        ProviderErrorKind.RateLimited => "rate_limit",
        _ => "unavailable",
    };

    private sealed record Failure(string Message, DateTimeOffset At);

    private sealed class CircuitStrategyOptions : ResilienceStrategyOptions
    {
        public CircuitStrategyOptions() => Name = "Circuit";
    }
}
