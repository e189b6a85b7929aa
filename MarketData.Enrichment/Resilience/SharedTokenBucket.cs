using System.Threading.RateLimiting;
using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Enrichment.Resilience;

/// <summary>
/// The token bucket of a provider's key, shared by all nodes through the database: permits are taken for all that wait at once, so that one
/// round trip serves several requests, and never more than wait. Waiting is bounded; who finds the queue full is refused and comes again.
/// </summary>
public sealed class SharedTokenBucket(
    string provider, ProviderResilienceOptions options, ProviderQuotaStore quota, EnrichmentMetrics metrics, TimeProvider time) : RateLimiter
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiting = new();
    private bool _pumping;
    private long _rejections;
    private long _granted;

    /// <summary>Permits left in the bucket when it was last asked, and until when the provider wants to be left alone.</summary>
    public (double Permits, DateTimeOffset? BlockedUntil) Known { get; private set; } = (options.Burst, null);

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

    /// <inheritdoc/>
    public override TimeSpan? IdleDuration => null;

    /// <summary>Keeps the whole cluster away from the provider, as it asked.</summary>
    public Task BlockAsync(TimeSpan duration, CancellationToken cancellation) => quota.BlockAsync(provider, duration, cancellation);

    /// <inheritdoc/>
    public override RateLimiterStatistics GetStatistics() => new()
    {
        CurrentAvailablePermits = (long)Known.Permits,
        CurrentQueuedCount = Queued,
        TotalFailedLeases = Rejections,
        TotalSuccessfulLeases = Interlocked.Read(ref _granted),
    };

    /// <inheritdoc/>
    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        var waiter = new Waiter();
        var startedAt = time.GetTimestamp();
        lock (_gate)
        {
            if (_waiting.Count >= options.RateLimitQueue)
            {
                Interlocked.Increment(ref _rejections);
                metrics.RateLimitRejections.Add(1, new KeyValuePair<string, object?>("provider", provider));
                return new Lease(false);
            }

            _waiting.AddLast(waiter.Node);
            if (!_pumping)
            {
                _pumping = true;
                _ = Task.Run(PumpAsync, CancellationToken.None);
            }
        }

        using (cancellationToken.UnsafeRegister(static (state, token) => ((Waiter)state!).Source.TrySetCanceled(token), waiter))
            await waiter.Source.Task;
        Interlocked.Increment(ref _granted);
        metrics.RateLimitWait.Record(time.GetElapsedTime(startedAt).TotalSeconds, new KeyValuePair<string, object?>("provider", provider));
        return new Lease(true);
    }

    /// <summary>A synchronous attempt never gets a permit: the bucket is in the database.</summary>
    protected override RateLimitLease AttemptAcquireCore(int permitCount) => new Lease(false);

    // One at a time; ends when nobody waits any more, and is started again by the next one who does.
    private async Task PumpAsync()
    {
        while (Demand() is > 0 and var wanted)
        {
            try
            {
                var taken = await quota.TakeAsync(provider, wanted, options.RequestsPerMinute, options.Burst, CancellationToken.None);
                Known = (taken.Left, taken.BlockedFor > TimeSpan.Zero ? time.GetUtcNow() + taken.BlockedFor : null);
                Grant(taken.Permits);
                if (taken.Permits < wanted)
                    await Task.Delay(Sleep(taken), time);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                // Without the database nothing can be stored either: whoever waits goes on waiting, or gives up by its own time-out.
                await Task.Delay(PauseAfterFailure, time);
            }
        }
    }

    private TimeSpan Sleep(PermitsTaken taken)
    {
        var untilNext = taken.BlockedFor > TimeSpan.Zero ? taken.BlockedFor : TimeSpan.FromMinutes(Math.Max(0, 1 - taken.Left) / options.RequestsPerMinute);
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

    // A permit for one who gave up in this very moment is lost: never more than one for each that waited.
    private void Grant(int permits)
    {
        lock (_gate)
        {
            while (permits > 0 && _waiting.First is { } first)
            {
                _waiting.RemoveFirst();
                if (first.Value.Source.TrySetResult())
                    permits--;
            }
        }
    }

    private sealed class Waiter
    {
        public Waiter() => Node = new LinkedListNode<Waiter>(this);

        public LinkedListNode<Waiter> Node { get; }

        public TaskCompletionSource Source { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Lease(bool isAcquired) : RateLimitLease
    {
        public override bool IsAcquired => isAcquired;

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = null;
            return false;
        }
    }
}
