using MarketData.Storage.Enrichment;
using MarketData.Storage.Writes;
using Npgsql;

namespace MarketData.Enrichment.Scheduling;

/// <summary>Stores what was logged while jobs were worked on, in batches, apart from the work.</summary>
public sealed partial class JobLogWriter(
    JobLog log, JobLogStore store, NodeIdentity node, TimeProvider time, ILogger<JobLogWriter> logger)
{
    private const int MostAtOnce = 1_000;

    private static readonly TimeSpan Gathered = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastTimeout = TimeSpan.FromSeconds(2);

    private readonly List<JobLogLine> _batch = [];

    /// <summary>Stores lines until told to stop, and then those that are left.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var failing = false;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (_batch.Count == 0 && !await log.Lines.WaitToReadAsync(stopping))
                    return;
                await Task.Delay(failing ? RetryDelay : Gathered, time, stopping);
                await StoreAsync(stopping);
                failing = false;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
            {
                if (!failing)
                    LogNotStored(e);
                failing = true;
                // What the database refuses for what it is would be refused for ever.
                if (e is PostgresException && DatabaseTrouble.Of(e) is null)
                    _batch.Clear();
            }
        }

        await StoreLastAsync();
    }

    private async Task StoreLastAsync()
    {
        using var timeout = new CancellationTokenSource(LastTimeout, time);
        try
        {
            while (log.Lines.TryPeek(out _) || _batch.Count > 0)
                await StoreAsync(timeout.Token);
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            LogNotStored(e);
        }
    }

    private async Task StoreAsync(CancellationToken cancellation)
    {
        while (_batch.Count < MostAtOnce && log.Lines.TryRead(out var line))
            _batch.Add(line);
        if (_batch.Count == 0)
            return;
        await store.AppendAsync(node.Id, _batch, cancellation);
        _batch.Clear();
    }

    [LoggerMessage(LogLevel.Warning, "Log lines of jobs can't be stored for now; they are in this log")]
    private partial void LogNotStored(Exception exception);
}
