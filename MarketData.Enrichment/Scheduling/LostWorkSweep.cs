using MarketData.Storage.Enrichment;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketData.Enrichment.Scheduling;

/// <summary>Returns the jobs of dead nodes to the queue; every node does it, and each lost job is found by one of them.</summary>
public sealed partial class LostWorkSweep(
    JobStore jobs, IOptions<LeaseOptions> lease, IOptions<EnrichmentOptions> options, TimeProvider time, ILogger<LostWorkSweep> log)
{
    /// <summary>Sweeps until told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                foreach (var job in await jobs.SweepAsync(options.Value.MaxLosses, stopping))
                    LogLost(job.JobId, job.Symbol, job.Node, job.Status);
            }
            catch (NpgsqlException e)
            {
                LogSweepFailed(e);
            }

            await Task.Delay(lease.Value.SweepInterval, time, stopping);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Run {RunId}: {Symbol} was lost by node {Node} and is {Status} now")]
    private partial void LogLost(Guid runId, string symbol, string node, string status);

    [LoggerMessage(LogLevel.Debug, "Lost jobs could not be looked for")]
    private partial void LogSweepFailed(Exception exception);
}
