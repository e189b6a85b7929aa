using MarketData.Storage.Enrichment;
using Microsoft.Extensions.Options;
using Npgsql;
using Quartz;

namespace MarketData.Enrichment.Scheduling;

/// <summary>
/// The nightly run of each scheduled instant: made once, whoever asks. Quartz asks when the instant comes; should its firing be lost, with
/// every node down or with the database away at that very moment, the watch on every node makes up for it with one run for the latest
/// instant.
/// </summary>
public sealed partial class NightlySchedule(
    RunStore runs, SchedulerStore scheduler, IOptions<EnrichmentOptions> options, TimeProvider time, ILogger<NightlySchedule> log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);
    private readonly CronExpression _cron = new(options.Value.Schedule, TimeZoneInfo.Utc);

    /// <summary>Queues the run of the latest instant at or before <paramref name="now"/>, UTC, unless that has had one.</summary>
    public async Task RunAsync(DateTime now, CancellationToken cancellation)
    {
        if (Latest(now) is not { } instant)
            return;
        var request = new RunRequest { Trigger = RunTrigger.Nightly, RequestedBy = "schedule" };
        if (await runs.CreateScheduledAsync(request, instant, cancellation) is { } ticket)
            LogQueued(instant, ticket.JobId, ticket.Queued.Count, ticket.AlreadyRunning.Count);
    }

    /// <summary>Makes up for a missed instant, if there is one; a minute is left to Quartz first.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> CatchUpAsync(CancellationToken cancellation)
    {
        var (handledThrough, now) = await scheduler.HandledThroughAsync(cancellation);
        if (Latest(now - Grace) is not { } instant || handledThrough is null || instant <= handledThrough)
            return false;
        LogMissed(instant);
        await RunAsync(now, cancellation);
        return true;
    }

    /// <summary>Looks for missed instants until told to stop.</summary>
    public async Task WatchAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await CatchUpAsync(stopping);
            }
            catch (NpgsqlException e)
            {
                LogWatchFailed(e);
            }

            await Task.Delay(Interval, time, stopping);
        }
    }

    private DateTime? Latest(DateTime now) =>
        _cron.GetPreviousValidTimeBefore(new DateTimeOffset(now, TimeSpan.Zero).AddTicks(1))?.UtcDateTime;

    [LoggerMessage(LogLevel.Information, "The nightly run of {ScheduledFor:u} is {RunId}: {Queued} symbols queued, {Joined} in hand already")]
    private partial void LogQueued(DateTime scheduledFor, Guid? runId, int queued, int joined);

    [LoggerMessage(LogLevel.Warning, "The nightly run of {ScheduledFor:u} was missed; it is made up for now")]
    private partial void LogMissed(DateTime scheduledFor);

    [LoggerMessage(LogLevel.Debug, "Missed runs could not be looked for")]
    private partial void LogWatchFailed(Exception exception);
}
