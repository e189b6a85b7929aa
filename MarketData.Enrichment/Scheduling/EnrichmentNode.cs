using System.Reflection;
using MarketData.Storage.Enrichment;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketData.Enrichment.Scheduling;

/// <summary>
/// One node of the cluster, from start to stop: waits for the database, brings it up to date, enters itself, works; told to stop, it gives
/// back what it holds and leaves.
/// </summary>
public sealed partial class EnrichmentNode(
    ClusterStart start,
    ClusterSchedule schedule,
    NightlySchedule nightly,
    NodeRegistry nodes,
    NodeIdentity node,
    LeaseKeeper leases,
    LostWorkSweep sweep,
    StatusAging aging,
    WorkListener listener,
    JobDispatcher dispatcher,
    ClusterGauges gauges,
    IOptions<EnrichmentOptions> options,
    TimeProvider time,
    ILogger<EnrichmentNode> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    /// <summary>Whether the node works.</summary>
    public bool IsWorking { get; private set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await EnterAsync(stoppingToken);
            IsWorking = true;
            LogWorking(node.Id, options.Value.Concurrency);
            await WorkAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop before it had begun.
        }
        finally
        {
            IsWorking = false;
        }

        await LeaveAsync();
    }

    private async Task EnterAsync(CancellationToken stopping)
    {
        for (var failed = false; ; failed = true)
        {
            try
            {
                await start.PrepareAsync(stopping);
                await nodes.EnterAsync(
                    node.Id, Environment.MachineName, Environment.ProcessId, Version(), options.Value.Concurrency, stopping);
                await schedule.StartAsync(stopping);
                return;
            }
            catch (Exception e) when (e is NpgsqlException or Quartz.SchedulerException)
            {
                if (!failed)
                    LogWaitingForDatabase(e);
                await Task.Delay(Pause, time, stopping);
            }
        }
    }

    // The leases outlive the work: what is in hand keeps its claim until it is given back.
    private async Task WorkAsync(CancellationToken stopping)
    {
        using var worked = new CancellationTokenSource();
        var leasing = leases.RunAsync(worked.Token);
        try
        {
            await Task.WhenAll(
                dispatcher.RunAsync(stopping),
                UntilStoppedAsync(sweep.RunAsync, stopping),
                UntilStoppedAsync(aging.RunAsync, stopping),
                UntilStoppedAsync(listener.RunAsync, stopping),
                UntilStoppedAsync(nightly.WatchAsync, stopping),
                UntilStoppedAsync(gauges.RunAsync, stopping));
        }
        finally
        {
            await worked.CancelAsync();
            await leasing;
        }
    }

    private async Task LeaveAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(Farewell, time);
            await schedule.StopAsync(patience.Token);
            await nodes.LeaveAsync(node.Id, patience.Token);
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException or Quartz.SchedulerException)
        {
            LogLeftUnannounced(e);
        }
    }

    // A loop that breaks begins again: the node must outlive whatever happens around it.
    private async Task UntilStoppedAsync(Func<CancellationToken, Task> run, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await run(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // This is how it ends.
            }
            catch (Exception e)
            {
                LogBroken(run.Method.DeclaringType?.Name, e);
                await Task.Delay(Pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static string Version() =>
        typeof(EnrichmentNode).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    [LoggerMessage(LogLevel.Information, "Node {Node} works, {Concurrency} symbols at once")]
    private partial void LogWorking(string node, int concurrency);

    [LoggerMessage(LogLevel.Warning, "The database does not answer yet; waiting for it")]
    private partial void LogWaitingForDatabase(Exception exception);

    [LoggerMessage(LogLevel.Error, "{Loop} broke off and begins again")]
    private partial void LogBroken(string? loop, Exception exception);

    [LoggerMessage(LogLevel.Warning, "The node left without telling the cluster, which will notice by itself")]
    private partial void LogLeftUnannounced(Exception exception);
}
