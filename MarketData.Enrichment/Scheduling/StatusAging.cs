using MarketData.Enrichment.Pipeline;
using MarketData.Storage.Enrichment;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketData.Enrichment.Scheduling;

/// <summary>Lets symbols grow old: what nobody enriches becomes stale all the same. Every node does it, which comes to the same as one.</summary>
public sealed partial class StatusAging(SymbolStatusStore status, IOptions<QualityOptions> quality, TimeProvider time, ILogger<StatusAging> log)
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>Judges every active symbol by the clock, once a minute, until told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await status.AgeAsync(quality.Value.Thresholds, time.GetUtcNow().UtcDateTime, stopping);
            }
            catch (NpgsqlException e)
            {
                LogFailed(e);
            }

            await Task.Delay(Period, time, stopping);
        }
    }

    [LoggerMessage(LogLevel.Debug, "Symbols could not be judged by their age")]
    private partial void LogFailed(Exception exception);
}
