using MarketData.Storage.Enrichment;
using Quartz;

namespace MarketData.Enrichment.Scheduling;

/// <summary>
/// What the nightly trigger fires: queues a run of every active symbol. Fired twice for one instant, by a recovery or by a node wrongly
/// taken for dead, it queues one run all the same.
/// </summary>
public sealed partial class NightlyRun(RunStore runs, SchedulerStore scheduler, ILogger<NightlyRun> log) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var scheduledFor = (context.ScheduledFireTimeUtc ?? context.FireTimeUtc).UtcDateTime;
        var request = new RunRequest { Trigger = RunTrigger.Nightly, RequestedBy = "schedule" };
        if (await runs.CreateScheduledAsync(request, scheduledFor, cancellationToken) is { } ticket)
            LogQueued(scheduledFor, ticket.JobId, ticket.Queued.Count, ticket.AlreadyRunning.Count);
        await scheduler.SetNextRunAsync(context.NextFireTimeUtc?.UtcDateTime, cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "The nightly run of {ScheduledFor:u} is {RunId}: {Queued} symbols queued, {Joined} in hand already")]
    private partial void LogQueued(DateTime scheduledFor, Guid? runId, int queued, int joined);
}
