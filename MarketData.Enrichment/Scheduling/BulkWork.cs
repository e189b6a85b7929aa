using MarketData.Bulk;
using MarketData.Bulk.Targets;
using MarketData.Storage.Bulk;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Scheduling;

/// <summary>
/// Writes bulk files when a run is open: the schedule or a person asked for one, or the node that was at it is gone. One node at a time is at it.
/// </summary>
public sealed partial class BulkWork(
    IServiceProvider services,
    BulkStore store,
    NodeIdentity node,
    EnrichmentMetrics metrics,
    NodeLoop loop,
    IOptions<BulkOptions> bulk,
    IOptions<EnrichmentOptions> options,
    TimeProvider time,
    ILogger<BulkWork> log)
{
    /// <summary>Works until told to stop; without a target there is nothing to do.</summary>
    public Task RunAsync(CancellationToken stopping) =>
        bulk.Value.IsOn ? loop.RunAsync("writing of bulk files", options.Value.PollInterval, WriteAsync, stopping) : Task.CompletedTask;

    private async Task WriteAsync(CancellationToken cancellation)
    {
        if (!await store.IsOpenAsync(cancellation))
            return;
        var begun = time.GetTimestamp();
        try
        {
            if (await services.GetRequiredService<BulkWriter>().RunAsync(node.Id, cancellation) is { } run)
                metrics.CountBulk(run.Status, time.GetElapsedTime(begun), run.BytesWritten);
        }
        catch (BulkTargetException e)
        {
            metrics.CountBulk("failed", time.GetElapsedTime(begun), 0);
            LogFailed(e.Message);
        }
    }

    [LoggerMessage(LogLevel.Error, "Bulk files could not be written. {Reason}")]
    private partial void LogFailed(string reason);
}
