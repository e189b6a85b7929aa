using Npgsql;

namespace MarketData.Api.Database;

/// <summary>Asks whether the database answers, once for everybody who wants to know at the same time.</summary>
public sealed class DatabaseProbe(NpgsqlDataSource database)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(600);

    private readonly Lock _gate = new();
    private readonly string _connectionString = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false, Timeout = 1 }.ConnectionString;
    private Task<bool> _probe = Task.FromResult(true);

    /// <summary>Whether it answers within 0.6 seconds, on a connection of its own.</summary>
    public Task<bool> IsAnsweringAsync()
    {
        lock (_gate)
        {
            if (_probe.IsCompleted)
                _probe = AskAsync();
            return _probe;
        }
    }

    private async Task<bool> AskAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            return await TalkAsync(patience.Token).WaitAsync(patience.Token);
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException or TimeoutException)
        {
            return false;
        }
    }

    private async Task<bool> TalkAsync(CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync(cancellation);
        return true;
    }
}
