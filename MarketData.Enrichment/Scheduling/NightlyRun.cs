using MarketData.Storage.Enrichment;
using Quartz;

namespace MarketData.Enrichment.Scheduling;

/// <summary>
/// What the nightly trigger fires: queues a run of every active symbol. Fired twice for one instant, by a recovery or by a node wrongly
/// taken for dead, it queues one run all the same.
/// </summary>
public sealed class NightlyRun(NightlySchedule schedule, SchedulerStore scheduler) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        await schedule.RunAsync(context.FireTimeUtc.UtcDateTime, cancellationToken);
        await scheduler.SetNextRunAsync(context.NextFireTimeUtc?.UtcDateTime, cancellationToken);
    }
}
