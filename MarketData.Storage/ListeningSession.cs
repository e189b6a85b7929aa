using Npgsql;

namespace MarketData.Storage;

/// <summary>
/// A session that hears what is said on a channel. When it is disposed it listens no more: the pool may keep it, and the server would go on
/// sending to a session that nobody reads from, until its queue of notifications were full.
/// </summary>
public sealed class ListeningSession : IAsyncDisposable
{
    private const int UnlistenTimeoutSeconds = 5;

    private ListeningSession(NpgsqlConnection connection) => Connection = connection;

    /// <summary>The session's connection, which may be used for other statements too.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>Opens a session of its own that listens to a channel.</summary>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    internal static async Task<ListeningSession> OpenAsync(
        NpgsqlDataSource database, string channel, string name, CancellationToken cancellation)
    {
        var connection = await database.OpenConnectionAsync(cancellation);
        var session = new ListeningSession(connection);
        try
        {
            await using var listen = Sql.Command(name, $"LISTEN {channel}", connection);
            await listen.ExecuteNonQueryAsync(cancellation);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await using var unlisten = Sql.Command("stop listening", "UNLISTEN *", Connection);
            unlisten.CommandTimeout = UnlistenTimeoutSeconds;
            if (Connection.State == System.Data.ConnectionState.Open)
                await unlisten.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // The connection broke, and so the session has ended.
        }

        await Connection.DisposeAsync();
    }
}
