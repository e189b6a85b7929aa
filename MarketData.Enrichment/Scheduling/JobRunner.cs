using MarketData.Domain.Candles;
using MarketData.Enrichment.Pipeline;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Writes;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketData.Enrichment.Scheduling;

/// <summary>Takes one claimed job from its claim to its end: done, failed, to be retried, or given back.</summary>
public sealed partial class JobRunner(
    JobStore jobs,
    SymbolWork work,
    EnrichmentMetrics metrics,
    IOptions<RetryOptions> retry,
    IOptions<EnrichmentOptions> options,
    IOptions<LeaseOptions> leases,
    TimeProvider time,
    ILogger<JobRunner> log)
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EndRetryDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan EndRetryWindow = TimeSpan.FromMinutes(2);
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
        using var kept = JobLog.Begin(job);
        LogAttemptBegins(job.Attempt, job.MaxAttempts, string.Join(", ", job.Timeframes));
        if (job.BeginsRun)
            LogRunBegins(job.JobId, job.Trigger);
        var startedAt = time.GetTimestamp();
        var outcome = await RunToEndAsync(new JobProgress(job, jobs, time, log), lease, stopping);
        var took = time.GetElapsedTime(startedAt);
        LogAttemptEnded(job.Attempt, outcome, took.TotalSeconds);
        metrics.JobDuration.Record(
            took.TotalSeconds, new("asset_class", job.AssetClass), new("outcome", outcome));
    }

    private async Task<string> RunToEndAsync(JobProgress progress, JobLease lease, CancellationToken stopping)
    {
        try
        {
            return await WorkAsync(progress, lease);
        }
        // Before the node's stop, which follows: the work that took the memory is to be counted, so that it has an end.
        catch (Exception e) when (JobFailures.IsOutOfMemory(e) && !lease.IsLost)
        {
            var cause = $"The node ran out of memory{Place(progress)}: give it more, or lower Enrichment:Concurrency.";
            LogOutOfMemory(cause, e);
            await LeaveAsync(() => LoseAsync(progress, lease, cause));
            return "out_of_memory";
        }
        catch (Exception) when ((stopping.IsCancellationRequested || lease.IsStopped) && !lease.IsLost)
        {
            await LeaveAsync(() => StopAsync(progress, lease));
        }
        catch (Exception e) when (IsDatabaseAway(e, lease) && !lease.IsLost)
        {
            var cause = DatabaseTrouble.Of(e)?.Message ?? "The database went away.";
            LogDatabaseWentAway(cause, e);
            await LeaveAsync(() => LoseAsync(progress, lease, cause));
        }
        catch (FailedOverException) when (!lease.IsLost)
        {
            LogFailedOver();
            await LeaveAsync(() => LoseAsync(progress, lease, FailedOverException.Cause));
        }
        catch (Exception e) when (e is LeaseLostException || lease.IsLost)
        {
            LogLeaseLost();
        }
        catch (Exception e)
        {
            LogEndRefused(e);
            await LeaveAsync(() => LoseAsync(progress, lease, $"How the attempt ended could not be recorded: {e.Message}"));
        }

        return "cancelled";
    }

    private async Task LeaveAsync(Func<Task> leave)
    {
        try
        {
            await leave();
        }
        catch (LeaseLostException)
        {
            LogLeaseLost();
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException || JobFailures.IsOutOfMemory(e))
        {
            LogEndNotRecorded(e);
        }
    }

    private async Task LoseAsync(JobProgress progress, JobLease lease, string cause)
    {
        var result = await EndAsync(lease, cancellation => jobs.LoseAsync(lease.Fence, cause, options.Value.MaxLosses, cancellation));
        NoteLostAnswer(result.AnswerWasLost, "lose");
        if (result.Status == "failed")
        {
            metrics.CountLostForGood();
            LogLostForGood(progress.Job.Symbol, options.Value.MaxLosses, cause);
        }

        NoteRunEnd(result.EndedRun);
    }

    private async Task<string> WorkAsync(JobProgress progress, JobLease lease)
    {
        var (processed, assetClass) = (new List<string>(), AssetClassNames.Parse(progress.Job.AssetClass));
        IReadOnlyList<string> asked = progress.Job.Timeframes;
        while (true)
        {
            // A newer version lets somebody join who asks for more than this one knows.
            if (!asked.All(name => BarIntervals.TryParse(name, out _)))
                return await LeaveToNewerAsync(lease, asked);
            var failures = new List<(string Timeframe, Exception Cause)>();
            // The longest first, but weeks after the days that they are built of.
            var order = asked.Except(processed)
                .OrderByDescending(name => BarIntervals.Parse(name) == BarInterval.OneDay)
                .ThenByDescending(BarIntervals.Parse);
            foreach (var timeframe in order.ToList())
            {
                if (await FailureOfAsync(progress, timeframe, lease) is { } failure)
                    failures.Add((timeframe, failure));
                if (failures is [.., (_, JobStoppedException)])
                    return await StopAsync(progress, lease);
                processed.Add(timeframe);
            }

            // What is built of days has nothing to say where there are none.
            JobFailures.RemoveUnlessOfAll(failures, processed.Count(name => !BarIntervals.Parse(name).IsBuiltOfDays(assetClass)));
            if (failures.Count > 0)
                return await FailAsync(progress, lease, failures);
            var completion = await EndAsync(
                lease, cancellation => jobs.CompleteAsync(lease.Fence, processed, progress.Steps, cancellation));
            NoteLostAnswer(completion.AnswerWasLost, "complete");
            asked = completion.Timeframes;
            if (completion.IsDone)
            {
                NoteRunEnd(completion.EndedRun);
                return "success";
            }
        }
    }

    private async Task<string> LeaveToNewerAsync(JobLease lease, IReadOnlyList<string> asked)
    {
        await EndAsync(lease, cancellation => jobs.ReturnAsync(lease.Fence, cancellation));
        LogLeftToNewer(string.Join(", ", asked));
        return "cancelled";
    }

    // One interval that fails does not keep the others from being enriched.
    private async Task<Exception?> FailureOfAsync(JobProgress progress, string timeframe, JobLease lease)
    {
        try
        {
            await WatchAsync(progress, BarIntervals.Parse(timeframe), lease.Token);
            return null;
        }
        catch (Exception e) when (
            e is not LeaseLostException && !lease.Token.IsCancellationRequested && !IsDatabaseAway(e, lease) && !JobFailures.IsOutOfMemory(e))
        {
            LogIntervalFailed(timeframe, e);
            return e;
        }
    }

    // Work that hangs, or does not end when it is told to, must not keep its place: it is left to itself, and its fence keeps it from writing.
    private async Task WatchAsync(JobProgress progress, BarInterval interval, CancellationToken cancellation)
    {
        var limit = options.Value.StallTimeout;
        using var stalled = new CancellationTokenSource(limit, time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stalled.Token);
        progress.StepBegins = () => stalled.CancelAfter(limit);
        var token = ends.Token;
        RequestOrigin.Current = new RequestOrigin(progress.Job.JobId, progress.Job.Attempt, progress.Job.Symbol, interval.Name());
        var running = Task.Run(() => work(progress, interval, token), CancellationToken.None);
        try
        {
            await running.WaitAsync(stalled.Token);
        }
        catch (OperationCanceledException e) when (stalled.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            _ = running.ContinueWith(
                left => LogLeftWorkEnded(interval.Name(), left.Exception),
                CancellationToken.None,
                TaskContinuationOptions.None,
                TaskScheduler.Default);
            metrics.CountStalled();
            throw new StalledException($"The work was stuck for {limit}{Place(progress)}.", e);
        }
        finally
        {
            progress.StepBegins = null;
        }
    }

    private static string Place(JobProgress progress) =>
        progress.Current is var (step, timeframe) ? $" in the step {step} of {timeframe}" : " before its first step";

    // A statement that runs out of time while the lease is renewed is a slow one, and would be so again: it costs an attempt.
    private bool IsDatabaseAway(Exception e, JobLease lease) =>
        JobFailures.IsDatabaseAway(e)
        && !(e.InnerException is TimeoutException && time.GetElapsedTime(lease.RenewedAt) < leases.Value.Duration / 2);

    private async Task<string> StopAsync(JobProgress progress, JobLease lease)
    {
        var result = await EndAsync(lease, cancellation => jobs.StopAsync(lease.Fence, progress.Steps, cancellation));
        NoteLostAnswer(result.AnswerWasLost, "stop");
        if (result.Status == "queued")
            LogReturned(progress.Job.Symbol);
        else
            LogStopped(progress.Job.Symbol);
        NoteRunEnd(result.EndedRun);
        return "cancelled";
    }

    private async Task<string> FailAsync(JobProgress progress, JobLease lease, List<(string Timeframe, Exception Cause)> failures)
    {
        var job = progress.Job;
        var failure = JobFailures.Describe(failures);
        var (delay, waitsForCircuit) = DelayAfter(job, failures);
        failure = failure with { IsWaiting = waitsForCircuit, LongestWait = retry.Value.LongestWait };
        EnrichmentTracing.Fail(failure.Message);
        var result = await EndAsync(lease, cancellation => jobs.FailAsync(lease.Fence, failure, delay, progress.Steps, cancellation));
        NoteLostAnswer(result.AnswerWasLost, "fail");
        switch (result.Status)
        {
            case "retrying":
                metrics.JobRetries.Add(1, new KeyValuePair<string, object?>("reason", failure.Reason));
                LogRetrying(job.Symbol, job.Attempt, job.MaxAttempts, delay.TotalSeconds, OneLine(failure.Message));
                break;
            case "failed":
                LogFailed(job.Symbol, job.Attempt, OneLine(failure.Message), failure.Advice);
                break;
        }

        NoteRunEnd(result.EndedRun);
        return result.Status == "retrying" ? "retried" : result.Status;
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");

    // Nothing was tried while circuits were open, so that waiting for them costs no attempt.
    private (TimeSpan Delay, bool WaitsForCircuit) DelayAfter(ClaimedJob job, List<(string Timeframe, Exception Cause)> failures)
    {
        var (now, chance) = (time.GetUtcNow(), Random.Shared.NextDouble());
        if (JobFailures.CircuitOpenUntil(failures) is { } until)
            return (until > now ? retry.Value.Bounded(until - now) : retry.Value.DelayAfter(1, chance), true);
        return (retry.Value.DelayAfter(job.Attempt, chance, JobFailures.RetryAt(failures) - now), false);
    }

    // How work ended must reach the row even when the database is away for a moment: tried until it does, the lease is lost, or it has been
    // tried for so long that the row's lock must be somebody's who does not give it back. Then the lease runs out, and a sweep counts a loss.
    private async Task<T> EndAsync<T>(JobLease lease, Func<CancellationToken, Task<T>> end)
    {
        var startedAt = time.GetTimestamp();
        while (true)
        {
            using var timeout = new CancellationTokenSource(EndTimeout, time);
            try
            {
                return await end(timeout.Token);
            }
            catch (Exception e) when (!lease.IsLost && IsWorthRepeating(e) && time.GetElapsedTime(startedAt) < EndRetryWindow)
            {
                await Task.Delay(EndRetryDelay, time);
            }
        }
    }

    private static bool IsWorthRepeating(Exception e) =>
        JobFailures.IsDatabaseAway(e) || e is NpgsqlException { IsTransient: true } or OperationCanceledException;

    private void NoteLostAnswer(bool wasLost, string operation)
    {
        if (!wasLost)
            return;
        metrics.LostAnswers.Add(1, new KeyValuePair<string, object?>("operation", operation));
        LogAnswerLost(operation);
    }

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

    [LoggerMessage(LogLevel.Debug, "Attempt {Attempt} of {MaxAttempts} begins: {Timeframes}")]
    private partial void LogAttemptBegins(int attempt, int maxAttempts, string timeframes);

    [LoggerMessage(LogLevel.Debug, "Attempt {Attempt} ended after {Seconds:0.000} s: {Outcome}")]
    private partial void LogAttemptEnded(int attempt, string outcome, double seconds);

    [LoggerMessage(LogLevel.Information, "{Symbol} was cancelled while it was worked on; what was stored stays")]
    private partial void LogStopped(string symbol);

    [LoggerMessage(LogLevel.Information, "{Symbol} was broken off and goes back to the queue")]
    private partial void LogReturned(string symbol);

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

    [LoggerMessage(LogLevel.Warning, "Of {Timeframes} this build does not know all: the job is given back for a newer node")]
    private partial void LogLeftToNewer(string timeframes);

    [LoggerMessage(LogLevel.Debug, "Interval {Timeframe} failed")]
    private partial void LogIntervalFailed(string timeframe, Exception exception);

    [LoggerMessage(LogLevel.Information, "The connection broke before the database could answer; what was asked, {Operation}, is done")]
    private partial void LogAnswerLost(string operation);

    [LoggerMessage(LogLevel.Warning, "The lease was lost; another node goes on")]
    private partial void LogLeaseLost();

    [LoggerMessage(LogLevel.Warning, "The database failed over under the work, which begins again from what is stored")]
    private partial void LogFailedOver();

    [LoggerMessage(LogLevel.Warning, "{Cause} The work goes on when it is back")]
    private partial void LogDatabaseWentAway(string cause, Exception exception);

    [LoggerMessage(LogLevel.Error, "{Cause} The work is done again")]
    private partial void LogOutOfMemory(string cause, Exception exception);

    [LoggerMessage(LogLevel.Error, "{Symbol} failed: it was broken off {Times} times in a row. {Cause}")]
    private partial void LogLostForGood(string symbol, int times, string cause);

    [LoggerMessage(LogLevel.Error, "The database does not take how the attempt ended; the job is given back")]
    private partial void LogEndRefused(Exception exception);

    [LoggerMessage(LogLevel.Warning, "Work on {Timeframe} that was left because it was stuck has ended")]
    private partial void LogLeftWorkEnded(string timeframe, Exception? exception);

    // The lease runs out, and a sweep puts the job back into the queue.
    [LoggerMessage(LogLevel.Error, "How the work ended could not be recorded; it is taken up again when the lease has run out")]
    private partial void LogEndNotRecorded(Exception exception);
}
