using System.Collections.Concurrent;
using MarketData.Storage;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Writes;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketData.Enrichment.Scheduling;

/// <summary>Runs up to <c>Enrichment:Concurrency</c> jobs: claims the next as soon as one is due and fewer are running.</summary>
public sealed partial class JobDispatcher(
    JobStore jobs,
    JobRunner runner,
    JobLeases leases,
    NodeIdentity node,
    WorkListener listener,
    DatabaseWrites writes,
    DatabaseClock clock,
    NpgsqlDataSource database,
    EnrichmentMetrics metrics,
    IOptions<EnrichmentOptions> options,
    IOptions<LeaseOptions> leaseOptions,
    TimeProvider time,
    ILogger<JobDispatcher> log)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);
    private readonly EnrichmentOptions _options = options.Value;
    private readonly ConcurrentDictionary<Task, bool> _running = [];
    private bool _failing;
    private Guid _claim = Guid.NewGuid();
    private bool _isRepeated;

    /// <summary>Works until told to stop; then gives its jobs back, and returns when all of them are.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var places = new SemaphoreSlim(_options.Concurrency);
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                await places.WaitAsync(stopping);
                var claimed = await NextAsync(stopping);
                Start(RunAsync(claimed, places));
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Told to stop while waiting for a place or for work.
        }

        await Task.WhenAll(_running.Keys);

        async Task RunAsync((ClaimedJob Job, JobLease Lease) claimed, SemaphoreSlim place)
        {
            try
            {
                using (claimed.Lease)
                    await runner.RunAsync(claimed.Job, claimed.Lease, stopping);
            }
            finally
            {
                place.Release();
            }
        }
    }

    private async Task<(ClaimedJob Job, JobLease Lease)> NextAsync(CancellationToken stopping)
    {
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            if (writes.Trouble is not null)
            {
                // Jobs whose work cannot be stored would only be lost again and again.
                await Task.Delay(PauseAfterFailure, time, stopping);
                continue;
            }

            var askedAt = time.GetTimestamp();
            try
            {
                // With each claim: a night that the machine slept through is made up for at once when it wakes, and as of then.
                await clock.ReadAsync(database, stopping);
                // Not cancellable: a claim whose answer is not read would leave its job idle until the lease expires.
                if (await ClaimAsync() is { } job)
                    return (job, leases.Add(job.Fence, askedAt, stopping));
                _failing = false;
                var untilDue = await jobs.UntilNextDueAsync(stopping);
                var isSoon = untilDue > TimeSpan.Zero && untilDue < _options.PollInterval;
                await listener.WaitAsync(isSoon ? untilDue!.Value : _options.PollInterval, stopping);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stopping.IsCancellationRequested)
            {
                if (!_failing)
                    LogClaimFailed(DatabaseTrouble.Of(e)?.Message ?? "The database does not do as told.", e);
                _failing = true;
                await Task.Delay(PauseAfterFailure, time, stopping);
            }
        }
    }

    // Asked again after a failure, so that a job whose claim was made, but not answered, does not wait for its lease to run out.
    private async Task<ClaimedJob?> ClaimAsync()
    {
        var (claim, isRepeated) = (_claim, _isRepeated);
        _isRepeated = true;
        var job = await jobs.ClaimAsync(
            node.Id, leaseOptions.Value.Duration, _options.MaxAttempts, claim, isRepeated, CancellationToken.None);
        (_claim, _isRepeated) = (Guid.NewGuid(), false);
        if (job is { AnswerWasLost: true })
        {
            metrics.LostAnswers.Add(1, new KeyValuePair<string, object?>("operation", "claim"));
            LogAnswerLost(job.Symbol);
        }

        return job;
    }

    private void Start(Task run)
    {
        _running[run] = true;
        _ = run.ContinueWith(
            ended => _running.TryRemove(ended, out _),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    [LoggerMessage(LogLevel.Information, "The connection broke before the database could answer; the job of {Symbol} is claimed")]
    private partial void LogAnswerLost(string symbol);

    [LoggerMessage(LogLevel.Warning, "No work can be claimed. {Cause}")]
    private partial void LogClaimFailed(string cause, Exception exception);
}
