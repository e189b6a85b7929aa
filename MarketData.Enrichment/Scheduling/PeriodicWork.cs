using MarketData.Enrichment.Pipeline;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Enrichment;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Scheduling;

/// <summary>The periodic work of every node, every few seconds or minutes; idempotent, so that several nodes may do it at once.</summary>
public sealed partial class PeriodicWork(
    JobStore jobs,
    SymbolStatusStore status,
    ClusterReader cluster,
    ProviderIsolations isolations,
    EnrichmentMetrics metrics,
    JobLeases leases,
    NodeLoop loop,
    IOptions<LeaseOptions> lease,
    IOptions<EnrichmentOptions> options,
    IOptions<QualityOptions> quality,
    TimeProvider time,
    ILogger<PeriodicWork> log)
{
    private static readonly TimeSpan JudgeInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan GaugeInterval = TimeSpan.FromSeconds(15);

    /// <summary>Works until told to stop.</summary>
    public Task RunAsync(CancellationToken stopping)
    {
        metrics.JobsRunning = () => leases.Count;
        return Task.WhenAll(
            loop.RunAsync("sweep for lost jobs", lease.Value.SweepInterval, SweepAsync, stopping),
            loop.RunAsync("look for providers that are shut off", ProviderIsolations.Interval, isolations.ApplyAsync, stopping),
            loop.RunAsync("judging of symbols", JudgeInterval, JudgeAsync, stopping),
            loop.RunAsync("reading of the cluster's gauges", GaugeInterval, ReadGaugesAsync, stopping));
    }

    // The jobs of dead nodes go back to the queue; each is found by one of the nodes that sweep.
    private async Task SweepAsync(CancellationToken cancellation)
    {
        foreach (var job in await jobs.SweepAsync(options.Value.MaxLosses, cancellation))
        {
            LogLost(job.JobId, job.Symbol, job.Node, job.Status);
            if (job.Status == "failed")
                metrics.CountLostForGood();
        }
    }

    // A symbol that nobody enriches becomes stale all the same.
    private Task JudgeAsync(CancellationToken cancellation) =>
        status.JudgeDueAsync(quality.Value.Thresholds, time.GetUtcNow().UtcDateTime, cancellation);

    private async Task ReadGaugesAsync(CancellationToken cancellation) => metrics.Cluster = await cluster.ReadAsync(cancellation);

    [LoggerMessage(LogLevel.Warning, "Run {RunId}: {Symbol} was lost by node {Node} and is {Status} now")]
    private partial void LogLost(Guid runId, string symbol, string node, string status);
}
