using MarketData.Storage.Enrichment;
using Microsoft.Extensions.Options;
using Quartz;

namespace MarketData.Enrichment.Scheduling;

/// <summary>
/// The triggers that the cluster shares, kept in its database by Quartz. A trigger that is there already stays as it is, so that a firing
/// missed while every node was down is made up for; only another cron expression replaces it.
/// </summary>
public sealed class ClusterSchedule(ISchedulerFactory factory, SchedulerStore state, IOptions<EnrichmentOptions> options)
{
    /// <summary>The scheduler's name in Quartz's tables.</summary>
    public const string Name = "marketdata";

    private static readonly TriggerKey Nightly = new("nightly");
    private IScheduler? _scheduler;

    /// <summary>Enters the triggers and takes part in firing them.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        _scheduler = await factory.GetScheduler(cancellation);
        if (await EnsureAsync<NightlyRun>(_scheduler, Nightly, options.Value.Schedule, cancellation))
            await state.BeginScheduleAsync(cancellation);
        await EnsureAsync<GapRun>(_scheduler, new TriggerKey("gaps"), "0 15 * * * ?", cancellation);
        await EnsureAsync<Upkeep>(_scheduler, new TriggerKey("upkeep"), "0 45 * * * ?", cancellation);
        var nightly = await _scheduler.GetTrigger(Nightly, cancellation);
        await state.SetNextRunAsync(nightly?.NextFireTimeUtc?.UtcDateTime, cancellation);
        await _scheduler.Start(cancellation);
    }

    /// <summary>Leaves the cluster; what fires from now on fires on other nodes.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        if (_scheduler is not null)
            await _scheduler.Shutdown(waitForJobsToComplete: true, cancellation);
    }

    private static async Task<bool> EnsureAsync<TJob>(IScheduler scheduler, TriggerKey key, string cron, CancellationToken cancellation) where TJob : IJob
    {
        var job = JobBuilder.Create<TJob>().WithIdentity(key.Name).StoreDurably().RequestRecovery().Build();
        await scheduler.AddJob(job, AddJobOptions.Replacing, cancellation);
        if (await scheduler.GetTrigger(key, cancellation) is ICronTrigger present && present.CronExpressionString == cron)
            return false;
        var trigger = TriggerBuilder.Create()
            .WithIdentity(key)
            .ForJob(job)
            .WithCronSchedule(cron, schedule => schedule.InTimeZone(TimeZoneInfo.Utc).WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed))
            .Build();
        await scheduler.ScheduleJob(trigger, ScheduleJobOptions.Replacing, cancellation);
        return true;
    }
}
