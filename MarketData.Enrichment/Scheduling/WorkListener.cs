using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Enrichment.Scheduling;

/// <summary>Hears from the database that work became due. What is said while it is away is made up for by the dispatcher's poll.</summary>
public sealed partial class WorkListener(NpgsqlDataSource database, WorkSignal signal, TimeProvider time, ILogger<WorkListener> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    /// <summary>Listens until told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stopping);
                await JobStore.ListenAsync(connection, stopping);
                signal.Raise();
                while (true)
                {
                    // A connection that a network swallowed says nothing for ever: after some silence it is asked whether it lives.
                    if (await connection.WaitAsync(Silence, stopping))
                        signal.Raise();
                    else
                        await JobStore.ProbeAsync(connection, Silence, stopping);
                }
            }
            catch (NpgsqlException e)
            {
                LogDisconnected(e);
                await Task.Delay(Pause, time, stopping);
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "The connection that announces work was lost; it is opened again")]
    private partial void LogDisconnected(Exception exception);
}
