using System.Threading.RateLimiting;
using MarketData.Storage.Enrichment;
using Microsoft.Extensions.Logging.Abstractions;

namespace MarketData.Enrichment.Resilience;

/// <summary>
/// The token bucket of a provider's key, shared by all nodes through the database: permits are taken for all that wait at once, so that one
/// round trip serves several requests, and never more than wait. Waiting is bounded; who finds the queue full, or would wait for longer than
/// a call may take because the provider asked for that, or finds that the provider turned the client away, is refused and comes again.
/// </summary>
public sealed partial class SharedTokenBucket(
    string provider, ProviderResilienceOptions options, ProviderQuotaStore? quota, EnrichmentMetrics metrics, TimeProvider time,
    ILogger<SharedTokenBucket>? log = null) : RateLimiter
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    // Requests sent evenly may arrive in bunches, so the bucket fills slightly slower than the limit allows.
    private const double Share = 0.98;

    private readonly double _perMinute = options.RequestsPerMinute * Share;
    private readonly ILogger _log = log ?? NullLogger<SharedTokenBucket>.Instance;
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiting = new();
    private bool _pumping;
    private bool _failing;
    private long _rejections;
    private volatile Balance? _balance;
    private volatile Block? _blocked;

    /// <summary>Permits in the bucket now, as far as this node knows.</summary>
    public double Permits => _balance is { } last
        ? Math.Min(options.Burst, last.Permits + time.GetElapsedTime(last.At).TotalMinutes * _perMinute)
        : options.Burst;

    /// <summary>Requests waiting for a permit.</summary>
    public int Queued
    {
        get
        {
            lock (_gate)
                return _waiting.Count;
        }
    }

    /// <summary>Requests refused because too many waited.</summary>
    public long Rejections => Interlocked.Read(ref _rejections);

    /// <summary>Until when the provider is left alone, as far as this node knows; null while it may be asked.</summary>
    public DateTimeOffset? BlockedUntil => _blocked?.Until is { } until && until > time.GetUtcNow() ? until : null;

    /// <summary>What the provider said when it last turned the client away; null when it has served since, as far as this node knows.</summary>
    public string? Refusal => _blocked?.Refusal;

    /// <inheritdoc/>
    public override TimeSpan? IdleDuration => null;

    /// <summary>Keeps the whole cluster away from the provider, as it asked.</summary>
    public async Task BlockAsync(TimeSpan duration, CancellationToken cancellation)
    {
        if (quota is null)
            return;
        await quota.BlockAsync(provider, duration, cancellation);
        _blocked = new Block(time.GetUtcNow() + duration, Refusal);
    }

    /// <summary>Keeps the whole cluster away from a provider that turned a request away.</summary>
    /// <param name="refusal">What it said.</param>
    /// <param name="underWay">How long the request took.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>For how long; null where there is no database to keep count in.</returns>
    public async Task<TimeSpan?> RefusedAsync(string refusal, TimeSpan underWay, CancellationToken cancellation)
    {
        if (quota is null)
            return null;
        var (shortest, longest) = (options.RefusalBackoff.From, options.RefusalBackoff.To);
        var left = await quota.RefuseAsync(provider, refusal, underWay, shortest, longest, cancellation);
        _blocked = new Block(time.GetUtcNow() + left, refusal);
        return left;
    }

    /// <summary>Tells the cluster that the provider serves again, where it had turned requests away.</summary>
    /// <param name="underWay">How long the request took that it served.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task ServedAsync(TimeSpan underWay, CancellationToken cancellation)
    {
        if (quota is null || Refusal is null || BlockedUntil is not null)
            return;
        await quota.ServedAsync(provider, underWay, cancellation);
        _blocked = null;
    }

    /// <summary>Takes permits without waiting for them, as many as there are; all of them where there is no database to keep count in.</summary>
    public async Task<PermitsTaken> TakeAsync(int wanted, CancellationToken cancellation)
    {
        if (quota is null)
            return new PermitsTaken(wanted, options.Burst, TimeSpan.Zero);
        var taken = await quota.TakeAsync(provider, wanted, _perMinute, options.Burst, cancellation);
        _blocked = taken is { BlockedFor.Ticks: 0, Refusal: null } ? null : new Block(time.GetUtcNow() + taken.BlockedFor, taken.Refusal);
        return taken;
    }

    /// <summary>None: what is shown of the bucket has fractions.</summary>
    public override RateLimiterStatistics? GetStatistics() => null;

    /// <inheritdoc/>
    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        var waiter = new Waiter();
        var startedAt = time.GetTimestamp();
        lock (_gate)
        {
            if (_waiting.Count >= options.RateLimitQueue)
                return Refuse(null);

            _waiting.AddLast(waiter.Node);
            if (!_pumping)
            {
                _pumping = true;
                _ = Task.Run(PumpAsync, CancellationToken.None);
            }
        }

        using (cancellationToken.UnsafeRegister(static (state, token) => ((Waiter)state!).Source.TrySetCanceled(token), waiter))
        {
            if (await waiter.Source.Task is { } comeBackAfter)
                return Refuse(comeBackAfter);
        }

        metrics.RateLimitWait.Record(time.GetElapsedTime(startedAt).TotalSeconds, new KeyValuePair<string, object?>("provider", provider));
        return new Lease(true);
    }

    /// <summary>Never grants a permit: the bucket is in the database, which only the asynchronous way asks.</summary>
    protected override RateLimitLease AttemptAcquireCore(int permitCount) => new Lease(false);

    // Runs once at a time: ends when no call waits, and is started again by the next call that does.
    private async Task PumpAsync()
    {
        while (Demand() is > 0 and var wanted)
        {
            try
            {
                var taken = await TakeAsync(wanted, CancellationToken.None);
                _failing = false;
                _balance = new Balance(taken.Left, time.GetTimestamp());
                Settle(taken.Permits, null);
                if (taken.BlockedFor >= options.TotalTimeout || taken is { BlockedFor.Ticks: > 0, Refusal: not null })
                    Settle(int.MaxValue, taken.BlockedFor);
                else if (taken.Permits < wanted)
                    await Task.Delay(Sleep(taken), time);
            }
            catch (Exception e)
            {
                // Without the database nothing can be stored either: waiting calls go on waiting until their own timeout. Whatever it is, those
                // who wait have nobody else.
                if (!_failing)
                    LogFailing(_log, provider, e);
                _failing = true;
                await Task.Delay(PauseAfterFailure, time);
            }
        }
    }

    private TimeSpan Sleep(PermitsTaken taken)
    {
        var untilNext = taken.BlockedFor > TimeSpan.Zero
            ? taken.BlockedFor
            : TimeSpan.FromMinutes(Math.Max(0, 1 - taken.Left) / _perMinute);
        return untilNext < LongestSleep ? untilNext + TimeSpan.FromMilliseconds(1) : LongestSleep;
    }

    private int Demand()
    {
        lock (_gate)
        {
            for (var node = _waiting.First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.Source.Task.IsCompleted)
                    _waiting.Remove(node);
                node = next;
            }

            _pumping = _waiting.Count > 0;
            return _waiting.Count;
        }
    }

    private Lease Refuse(TimeSpan? comeBackAfter)
    {
        Interlocked.Increment(ref _rejections);
        metrics.RateLimitRejections.Add(1, new KeyValuePair<string, object?>("provider", provider));
        return new Lease(false, comeBackAfter);
    }

    // Completes that many waiting calls: with a permit, or with a Retry-After and none. A permit for a call that is cancelled at this very
    // moment is lost, at most one for each waiting call.
    private void Settle(int waiters, TimeSpan? comeBackAfter)
    {
        lock (_gate)
        {
            while (waiters > 0 && _waiting.First is { } first)
            {
                _waiting.RemoveFirst();
                if (first.Value.Source.TrySetResult(comeBackAfter))
                    waiters--;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "No permits for {Provider} can be had of the database: its calls wait until it gives some, or their time is over")]
    private static partial void LogFailing(ILogger logger, string provider, Exception exception);

    private sealed record Balance(double Permits, long At);

    private sealed record Block(DateTimeOffset Until, string? Refusal);

    private sealed class Waiter
    {
        public Waiter() => Node = new LinkedListNode<Waiter>(this);

        public LinkedListNode<Waiter> Node { get; }

        public TaskCompletionSource<TimeSpan?> Source { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Lease(bool isAcquired, TimeSpan? retryAfter = null) : RateLimitLease
    {
        public override bool IsAcquired => isAcquired;

        public override IEnumerable<string> MetadataNames => retryAfter is null ? [] : [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = metadataName == MetadataName.RetryAfter.Name ? retryAfter : null;
            return metadata is not null;
        }
    }
}
