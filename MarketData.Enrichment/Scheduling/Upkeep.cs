using MarketData.Domain.Candles;
using MarketData.Enrichment.Pipeline;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;
using Microsoft.Extensions.Options;
using Quartz;

namespace MarketData.Enrichment.Scheduling;

/// <summary>
/// What the hourly upkeep trigger fires: forgets candles and records of past work that are past their retention, and tells TimescaleDB when
/// to compress.
/// </summary>
public sealed partial class Upkeep(
    RetentionStore records,
    CandleRetention candles,
    IOptions<RetentionOptions> recordOptions,
    IOptions<StorageOptions> candleOptions,
    TimeProvider time,
    ILogger<Upkeep> logger) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        await records.PruneEventsAsync(recordOptions.Value.Events, cancellationToken);
        await records.PruneLogsAsync(recordOptions.Value.Logs, cancellationToken);
        await records.PruneRunsAsync(recordOptions.Value.Runs, cancellationToken);
        await records.PruneNodesAsync(recordOptions.Value.Nodes, cancellationToken);
        await candles.CompressAfterAsync(candleOptions.Value.CompressAfterDays is > 0 and var days ? days : null, cancellationToken);
        foreach (var interval in Enum.GetValues<BarInterval>())
        {
            if (candleOptions.Value.Retention.KeptFrom(interval, time.GetUtcNow().UtcDateTime) is not { } kept)
                continue;
            if (await candles.ForgetAsync(interval, kept, cancellationToken) is > 0 and var forgotten)
                LogForgotten(forgotten, interval.Name(), kept);
        }
    }

    [LoggerMessage(LogLevel.Information, "Forgot {Candles} candles of {Interval} from before {KeptFrom:yyyy-MM-dd}: Storage:Retention keeps no more")]
    private partial void LogForgotten(long candles, string interval, DateTime keptFrom);
}
