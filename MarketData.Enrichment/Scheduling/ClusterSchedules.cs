using MarketData.Bulk;
using MarketData.Storage.Bulk;
using MarketData.Storage.Enrichment;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketData.Enrichment.Scheduling;

/// <summary>
/// What the cluster does by the clock: the nightly run, an hourly run of what is missing, the hourly upkeep, and the nightly bulk files. Each instant is claimed by
/// one node in a transaction, together with the run that it makes, so that a node's death neither loses nor doubles one; instants missed
/// while every node was down are made up for by one firing.
/// </summary>
public sealed partial class ClusterSchedules(
    ScheduleStore schedules,
    Upkeep upkeep,
    NodeLoop loop,
    IOptions<EnrichmentOptions> options,
    IOptions<BulkOptions> bulk,
    IOptions<BulkScheduleOptions> bulkSchedule,
    TimeProvider time,
    ILogger<ClusterSchedules> log)
{
    private const string Gaps = "gaps";
    private const string Upkeep = "upkeep";
    private const string BulkFiles = "bulk";

    /// <summary>Enters the schedules, as this node's settings have them.</summary>
    public async Task SetAsync(CancellationToken cancellation)
    {
        await schedules.SetAsync(ScheduleStore.Nightly, options.Value.Schedule, cancellation);
        await schedules.SetAsync(Gaps, "0 15 * * * ?", cancellation);
        await schedules.SetAsync(Upkeep, "0 45 * * * ?", cancellation);
        if (bulk.Value.IsOn)
            await schedules.SetAsync(BulkFiles, bulkSchedule.Value.Schedule, cancellation);
    }

    /// <summary>Takes part in firing them until told to stop.</summary>
    public Task RunAsync(CancellationToken stopping) => Task.WhenAll(
        WatchAsync(ScheduleStore.Nightly, FireNightlyAsync, stopping),
        WatchAsync(Gaps, FireGapsAsync, stopping),
        WatchAsync(Upkeep, FireUpkeepAsync, stopping),
        bulk.Value.IsOn ? WatchAsync(BulkFiles, FireBulkAsync, stopping) : Task.CompletedTask);

    private Task WatchAsync(string name, Func<CancellationToken, Task> fire, CancellationToken stopping)
    {
        return loop.RunAsync($"{name} schedule", TimeSpan.Zero, FireWhenDueAsync, stopping);

        // Waits no longer than the poll interval, since another node may have changed or fired the schedule.
        async Task FireWhenDueAsync(CancellationToken cancellation)
        {
            var longest = options.Value.PollInterval;
            var wait = await schedules.UntilDueAsync(name, cancellation) ?? longest;
            if (wait <= TimeSpan.Zero)
                await fire(cancellation);
            else
                await Task.Delay(wait < longest ? wait : longest, time, cancellation);
        }
    }

    private async Task FireNightlyAsync(CancellationToken cancellation)
    {
        RunTicket? run = null;
        var instant = await schedules.FireAsync(ScheduleStore.Nightly, CreateRunAsync, cancellation);
        if (instant is not null && run is not null)
            LogQueued(instant.Value, run.JobId, run.Queued.Count, run.AlreadyRunning.Count);

        async Task CreateRunAsync(NpgsqlConnection connection, NpgsqlTransaction transaction)
        {
            var request = new RunRequest { Trigger = RunTrigger.Nightly, RequestedBy = "schedule" };
            run = await RunStore.CreateAsync(connection, transaction, request, cancellation);
        }
    }

    private Task FireGapsAsync(CancellationToken cancellation) => schedules.FireAsync(
        Gaps,
        (connection, transaction) => RunStore.CreateForGapsAsync(
            connection, transaction, new RunRequest { Trigger = RunTrigger.Gap, RequestedBy = "schedule" }, cancellation),
        cancellation);

    private Task FireBulkAsync(CancellationToken cancellation) => schedules.FireAsync(
        BulkFiles, (connection, transaction) => BulkStore.RequestAsync(connection, transaction, "schedule", cancellation), cancellation);

    // Outside the transaction, since the upkeep may take minutes. What a dying node leaves undone is done by the next hour's upkeep.
    private async Task FireUpkeepAsync(CancellationToken cancellation)
    {
        if (await schedules.FireAsync(Upkeep, (_, _) => Task.CompletedTask, cancellation) is not null)
            await upkeep.RunAsync(cancellation);
    }

    [LoggerMessage(
        LogLevel.Information, "The nightly run of {ScheduledFor:u} is {RunId}: {Queued} symbols queued, {Joined} queued or running already")]
    private partial void LogQueued(DateTime scheduledFor, Guid? runId, int queued, int joined);
}
