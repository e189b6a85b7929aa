using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Enrichment.Scheduling;

/// <summary>Keeps the gauges that show the whole cluster up to date.</summary>
public sealed partial class ClusterGauges(
    ClusterReader reader, EnrichmentMetrics metrics, JobLeases leases, TimeProvider time, ILogger<ClusterGauges> log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Reads until told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        metrics.JobsRunning = () => leases.Count;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                metrics.Cluster = await reader.ReadAsync(stopping);
            }
            catch (NpgsqlException e)
            {
                LogReadFailed(e);
            }

            await Task.Delay(Interval, time, stopping);
        }
    }

    [LoggerMessage(LogLevel.Debug, "The cluster's figures could not be read; the last ones stand")]
    private partial void LogReadFailed(Exception exception);
}
