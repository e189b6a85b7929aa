using System.Collections.Concurrent;
using MarketData.Storage.Enrichment;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Scheduling;

/// <summary>Keeps up to <c>Enrichment:Concurrency</c> jobs going: claims the next as soon as one is due and a place is free.</summary>
public sealed partial class JobDispatcher(
    JobStore jobs,
    JobRunner runner,
    HeldJobs held,
    NodeIdentity node,
    WorkSignal signal,
    IOptions<EnrichmentOptions> options,
    IOptions<LeaseOptions> lease,
    TimeProvider time,
    ILogger<JobDispatcher> log)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);
    private readonly EnrichmentOptions _options = options.Value;
    private readonly ConcurrentDictionary<Task, bool> _running = [];
    private bool _failing;

    /// <summary>Works until told to stop; then gives back what is in hand and returns when all of it is.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var places = new SemaphoreSlim(_options.Concurrency);
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                await places.WaitAsync(stopping);
                var job = await NextAsync(stopping);
                Start(RunAsync(job, places));
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Told to stop while waiting for a place or for work.
        }

        await Task.WhenAll(_running.Keys);

        async Task RunAsync(HeldClaim claim, SemaphoreSlim place)
        {
            try
            {
                using (claim.Held)
                    await runner.RunAsync(claim.Job, claim.Held, stopping);
            }
            finally
            {
                place.Release();
            }
        }
    }

    private async Task<HeldClaim> NextAsync(CancellationToken stopping)
    {
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            var askedAt = time.GetTimestamp();
            try
            {
                // Not to be broken off: a claim that was made and not heard of would be lost until its lease ran out.
                if (await jobs.ClaimAsync(node.Id, lease.Value.Duration, _options.MaxAttempts, CancellationToken.None) is { } job)
                    return new HeldClaim(job, held.Enter(job.Hold, askedAt, stopping));
                _failing = false;
                var untilDue = await jobs.UntilNextDueAsync(stopping);
                await signal.WaitAsync(untilDue is { } due && due > TimeSpan.Zero && due < _options.PollInterval ? due : _options.PollInterval, stopping);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stopping.IsCancellationRequested)
            {
                if (!_failing)
                    LogClaimFailed(e);
                _failing = true;
                await Task.Delay(PauseAfterFailure, time, stopping);
            }
        }
    }

    private void Start(Task run)
    {
        _running[run] = true;
        _ = run.ContinueWith(
            ended => _running.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private readonly record struct HeldClaim(ClaimedJob Job, HeldJob Held);

    [LoggerMessage(LogLevel.Warning, "No work can be claimed while the database does not answer")]
    private partial void LogClaimFailed(Exception exception);
}
