using MarketData.Domain.Candles;
using MarketData.Enrichment.Pipeline;
using MarketData.Storage.Enrichment;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketData.Enrichment.Scheduling;

/// <summary>Takes one claimed job from its claim to its end: done, failed, to be retried, or given back.</summary>
public sealed partial class JobRunner(
    JobStore jobs,
    SymbolWork work,
    EnrichmentMetrics metrics,
    IOptions<RetryOptions> retry,
    TimeProvider time,
    ILogger<JobRunner> log)
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EndRetryDelay = TimeSpan.FromMilliseconds(250);
    private static readonly Func<ILogger, Guid, string, int, IDisposable?> JobScope =
        LoggerMessage.DefineScope<Guid, string, int>("run {RunId} symbol {Symbol} attempt {Attempt}");

    /// <summary>Runs the job; returns when its row says how it ended, or the lease is lost. Never throws.</summary>
    /// <param name="job">The job.</param>
    /// <param name="lease">Its lease.</param>
    /// <param name="stopping">Cancelled when the node stops.</param>
    public async Task RunAsync(ClaimedJob job, JobLease lease, CancellationToken stopping)
    {
        using var span = EnrichmentTracing.StartSymbol(job);
        using var scope = JobScope(log, job.JobId, job.Symbol, job.Attempt);
        if (job.BeginsRun)
            LogRunBegins(job.JobId, job.Trigger);
        var startedAt = time.GetTimestamp();
        var outcome = await RunToEndAsync(new JobProgress(job, jobs, time), lease, stopping);
        metrics.JobDuration.Record(
            time.GetElapsedTime(startedAt).TotalSeconds, new("asset_class", job.AssetClass), new("outcome", outcome));
    }

    private async Task<string> RunToEndAsync(JobProgress progress, JobLease lease, CancellationToken stopping)
    {
        try
        {
            return await WorkAsync(progress, lease);
        }
        catch (Exception) when (stopping.IsCancellationRequested && !lease.IsLost)
        {
            await ReturnAsync(lease, isLoss: false);
        }
        catch (Exception e) when (JobFailures.IsDatabaseAway(e) && !lease.IsLost)
        {
            LogDatabaseWentAway(e);
            await ReturnAsync(lease, isLoss: true);
        }
        catch (Exception e) when (e is LeaseLostException || lease.IsLost)
        {
            LogLeaseLost();
        }
        catch (Exception e)
        {
            LogEndNotRecorded(e);
        }

        return "cancelled";
    }

    private async Task ReturnAsync(JobLease lease, bool isLoss)
    {
        try
        {
            await EndAsync(lease, cancellation => jobs.ReturnAsync(lease.Fence, isLoss, cancellation));
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            LogEndNotRecorded(e);
        }
    }

    private async Task<string> WorkAsync(JobProgress progress, JobLease lease)
    {
        var processed = new List<string>();
        IReadOnlyList<string> asked = progress.Job.Timeframes;
        while (true)
        {
            var failures = new List<(string Timeframe, Exception Cause)>();
            // The longest first, but weeks after the days that they are built of.
            var order = asked.Except(processed)
                .OrderByDescending(name => BarIntervals.Parse(name) == BarInterval.OneDay)
                .ThenByDescending(BarIntervals.Parse);
            foreach (var timeframe in order.ToList())
            {
                if (await FailureOfAsync(progress, timeframe, lease.Token) is { } failure)
                    failures.Add((timeframe, failure));
                processed.Add(timeframe);
            }

            JobFailures.RemoveUnlessOfAll(failures, processed.Count);
            if (failures.Count > 0)
                return await FailAsync(progress, lease, failures);
            var completion = await EndAsync(
                lease, cancellation => jobs.CompleteAsync(lease.Fence, processed, progress.Steps, cancellation));
            asked = completion.Timeframes;
            if (completion.IsDone)
            {
                NoteRunEnd(completion.EndedRun);
                return "success";
            }
        }
    }

    // One interval that fails does not keep the others from being enriched.
    private async Task<Exception?> FailureOfAsync(JobProgress progress, string timeframe, CancellationToken cancellation)
    {
        try
        {
            await work(progress, BarIntervals.Parse(timeframe), cancellation);
            return null;
        }
        catch (Exception e) when (
            e is not LeaseLostException && !cancellation.IsCancellationRequested && !JobFailures.IsDatabaseAway(e))
        {
            LogIntervalFailed(timeframe, e);
            return e;
        }
    }

    private async Task<string> FailAsync(JobProgress progress, JobLease lease, List<(string Timeframe, Exception Cause)> failures)
    {
        var job = progress.Job;
        var failure = JobFailures.Describe(failures);
        var (delay, waitsForCircuit) = DelayAfter(job, failures);
        failure = failure with { IsWaiting = waitsForCircuit };
        EnrichmentTracing.Fail(failure.Message);
        var result = await EndAsync(lease, cancellation => jobs.FailAsync(lease.Fence, failure, delay, progress.Steps, cancellation));
        switch (result.Status)
        {
            case "retrying":
                metrics.JobRetries.Add(1, new KeyValuePair<string, object?>("reason", failure.Reason));
                LogRetrying(job.Symbol, job.Attempt, job.MaxAttempts, delay.TotalSeconds, failure.Message);
                break;
            case "failed":
                LogFailed(job.Symbol, job.Attempt, failure.Message, failure.Advice);
                break;
        }

        NoteRunEnd(result.EndedRun);
        return result.Status == "retrying" ? "retried" : result.Status;
    }

    // Nothing was tried while circuits were open, so that waiting for them costs no attempt.
    private (TimeSpan Delay, bool WaitsForCircuit) DelayAfter(ClaimedJob job, List<(string Timeframe, Exception Cause)> failures)
    {
        var (now, chance) = (time.GetUtcNow(), Random.Shared.NextDouble());
        if (JobFailures.CircuitOpenUntil(failures) is { } until)
            return (until > now ? until - now : retry.Value.DelayAfter(1, chance), true);
        return (retry.Value.DelayAfter(job.Attempt, chance, JobFailures.RetryAt(failures) - now), false);
    }

    // How work ended must reach the row even when the database is away for a moment: tried until it does, or the lease is lost.
    private async Task<T> EndAsync<T>(JobLease lease, Func<CancellationToken, Task<T>> end)
    {
        while (true)
        {
            using var timeout = new CancellationTokenSource(EndTimeout, time);
            try
            {
                return await end(timeout.Token);
            }
            catch (Exception e) when (!lease.IsLost && IsWorthRepeating(e))
            {
                await Task.Delay(EndRetryDelay, time);
            }
        }
    }

    private static bool IsWorthRepeating(Exception e) =>
        JobFailures.IsDatabaseAway(e) || e is NpgsqlException { IsTransient: true } or OperationCanceledException;

    private void NoteRunEnd(EndedRun? run)
    {
        if (run is null)
            return;
        metrics.RunDuration.Record(run.DurationSeconds, new KeyValuePair<string, object?>("trigger", run.Trigger));
        LogRunEnded(
            run.RunId,
            run.Trigger,
            run.RunStatus,
            run.DurationSeconds,
            run.SymbolsTotal,
            run.SymbolsFailed,
            run.RecordsInserted,
            run.RecordsUpdated);
    }

    [LoggerMessage(LogLevel.Information, "Run {RunId} ({Trigger}) begins")]
    private partial void LogRunBegins(Guid runId, string trigger);

    [LoggerMessage(
        LogLevel.Information,
        "Run {RunId} ({Trigger}) {Status} after {Seconds:0.0} s: {Total} symbols, {Failed} failed, {Inserted} candles new, {Updated} revised")]
    private partial void LogRunEnded(
        Guid runId, string trigger, string status, double seconds, int total, int failed, long inserted, long updated);

    [LoggerMessage(LogLevel.Error, "{Symbol} failed at attempt {Attempt}: {Message} {Advice}")]
    private partial void LogFailed(string symbol, int attempt, string message, string advice);

    [LoggerMessage(LogLevel.Warning, "{Symbol} failed at attempt {Attempt} of {MaxAttempts} and is tried again in {Seconds:0} s: {Message}")]
    private partial void LogRetrying(string symbol, int attempt, int maxAttempts, double seconds, string message);

    [LoggerMessage(LogLevel.Debug, "Interval {Timeframe} failed")]
    private partial void LogIntervalFailed(string timeframe, Exception exception);

    [LoggerMessage(LogLevel.Warning, "The lease was lost; another node goes on")]
    private partial void LogLeaseLost();

    [LoggerMessage(LogLevel.Warning, "The database went away; the work goes on when it is back")]
    private partial void LogDatabaseWentAway(Exception exception);

    // The lease runs out, and a sweep puts the job back into the queue.
    [LoggerMessage(LogLevel.Error, "How the work ended could not be recorded; it is taken up again when the lease has run out")]
    private partial void LogEndNotRecorded(Exception exception);
}
