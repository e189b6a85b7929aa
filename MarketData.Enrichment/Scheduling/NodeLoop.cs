using MarketData.Enrichment.Pipeline;
using Npgsql;

namespace MarketData.Enrichment.Scheduling;

/// <summary>Runs a node's periodic work; a failure is logged and the work runs again, since the node must survive every outage.</summary>
public sealed partial class NodeLoop(TimeProvider time, ILogger<NodeLoop> log)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>Runs <paramref name="work"/>, and after each <paramref name="pause"/> again, until told to stop.</summary>
    public async Task RunAsync(string name, TimeSpan pause, Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var next = PauseAfterFailure;
            try
            {
                await work(stopping);
                next = pause;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (NpgsqlException e) when (e.IsTransient || JobFailures.IsDatabaseAway(e))
            {
                LogDatabaseFailed(name, e);
            }
            catch (Exception e)
            {
                LogFailed(name, e);
            }

            await Task.Delay(next, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // The heartbeat says once that the database is away, and once that it is back.
    [LoggerMessage(LogLevel.Debug, "The node's {Loop} could not reach the database; it tries again")]
    private partial void LogDatabaseFailed(string loop, Exception exception);

    [LoggerMessage(LogLevel.Error, "The node's {Loop} failed and begins again")]
    private partial void LogFailed(string loop, Exception exception);
}
