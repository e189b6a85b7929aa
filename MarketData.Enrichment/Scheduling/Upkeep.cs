using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Schema;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Scheduling;

/// <summary>
/// Forgets candles and records of past work that are past their retention. Done twice or at once by two nodes, it comes to the same.
/// </summary>
public sealed partial class Upkeep(
    RetentionStore records,
    CandleRetention candles,
    IOptions<RetentionOptions> recordOptions,
    IOptions<StorageOptions> candleOptions,
    TimeProvider time,
    ILogger<Upkeep> log)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(10);

    /// <summary>Does so.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await records.PruneEventsAsync(recordOptions.Value.Events, cancellation);
        await records.PruneLogsAsync(recordOptions.Value.Logs, cancellation);
        await records.PruneNotificationsAsync(recordOptions.Value.Logs, cancellation);
        await records.PruneRejectsAsync(recordOptions.Value.Rejects, cancellation);
        await records.PruneUploadsAsync(cancellation);
        await records.PruneRunsAsync(recordOptions.Value.Runs, cancellation);
        await records.PruneNodesAsync(recordOptions.Value.Nodes, cancellation);
        foreach (var interval in Enum.GetValues<BarInterval>())
        {
            if (candleOptions.Value.Retention.KeptFrom(interval, time.GetUtcNow().UtcDateTime) is not { } kept)
                continue;
            var told = time.GetTimestamp();
            if (await candles.ForgetAsync(interval, kept, Tell, cancellation) is > 0 and var forgotten)
                LogForgotten(forgotten, interval.Name(), kept);

            void Tell(string symbol, long soFar)
            {
                if (time.GetElapsedTime(told) < ProgressInterval)
                    return;
                told = time.GetTimestamp();
                LogProgress(soFar, interval.Name(), symbol);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Forgot {Candles} candles of {Interval} so far, the last of {Symbol}")]
    private partial void LogProgress(long candles, string interval, string symbol);

    [LoggerMessage(LogLevel.Information, "Forgot {Candles} candles of {Interval} from before {KeptFrom:yyyy-MM-dd}: Storage:Retention keeps no more")]
    private partial void LogForgotten(long candles, string interval, DateTime keptFrom);
}
