using MarketData.Enrichment.Resilience;
using MarketData.Storage.Enrichment;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketData.Enrichment.Scheduling;

/// <summary>
/// One node of the cluster, from start to stop: waits for the database and its schema, enters itself, works; told to stop, it gives
/// back its jobs and leaves.
/// </summary>
public sealed partial class EnrichmentNode(
    ClusterStart start,
    ClusterSchedules schedules,
    ProviderIsolations isolations,
    NodeRegistry nodes,
    NodeIdentity node,
    LeaseKeeper leases,
    WorkListener listener,
    LookupListener lookups,
    JobDispatcher dispatcher,
    PeriodicWork periodic,
    BulkWork bulk,
    NotificationWork notifications,
    JobLogWriter jobLog,
    IOptions<EnrichmentOptions> options,
    TimeProvider time,
    ILogger<EnrichmentNode> log) : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Whether the node works.</summary>
    public bool IsWorking { get; private set; }

    /// <summary>Whether the node can do its work: it has entered the cluster and its loops run.</summary>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            IsWorking ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The node has not entered the cluster."));

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
                // Before any job begins: what a person has shut off is not asked even once.
                await isolations.ApplyAsync(stopping);
                await nodes.EnterAsync(node.Entry(options.Value.Concurrency), stopping);
                await schedules.SetAsync(stopping);
                return;
            }
            catch (NpgsqlException e)
            {
                if (!failed)
                    LogWaitingForDatabase(e);
                await Task.Delay(RetryDelay, time, stopping);
            }
        }
    }

    // Leases are renewed, and what is logged of jobs is stored, until the last job is given back.
    private async Task WorkAsync(CancellationToken stopping)
    {
        using var worked = new CancellationTokenSource();
        var leasing = leases.RunAsync(worked.Token);
        var logging = jobLog.RunAsync(worked.Token);
        try
        {
            await Task.WhenAll(
                dispatcher.RunAsync(stopping),
                listener.RunAsync(stopping),
                lookups.RunAsync(stopping),
                schedules.RunAsync(stopping),
                periodic.RunAsync(stopping),
                bulk.RunAsync(stopping),
                notifications.RunAsync(stopping));
        }
        finally
        {
            await worked.CancelAsync();
            await leasing;
            await logging;
        }
    }

    private async Task LeaveAsync()
    {
        try
        {
            using var timeout = new CancellationTokenSource(LeaveTimeout, time);
            await nodes.LeaveAsync(node.Id, timeout.Token);
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            LogLeftUnannounced(e);
        }
    }

    [LoggerMessage(LogLevel.Information, "Node {Node} works, {Concurrency} symbols at once")]
    private partial void LogWorking(string node, int concurrency);

    [LoggerMessage(LogLevel.Warning, "The database does not answer yet; waiting for it")]
    private partial void LogWaitingForDatabase(Exception exception);

    [LoggerMessage(LogLevel.Warning, "The node left without telling the cluster, which will notice by itself")]
    private partial void LogLeftUnannounced(Exception exception);
}
