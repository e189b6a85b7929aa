using Npgsql;

namespace MarketData.Storage;

/// <summary>How far a server is in the write-ahead log that a primary writes and its replicas replay.</summary>
/// <param name="IsReplica">Whether it replays; else it writes.</param>
/// <param name="Position">Bytes of the log so far.</param>
public readonly record struct ReplicationPosition(bool IsReplica, long Position)
{
    /// <summary>Reads it.</summary>
    /// <exception cref="NpgsqlException">The server does not answer.</exception>
    public static async Task<ReplicationPosition> ReadAsync(NpgsqlDataSource server, CancellationToken cancellation)
    {
        // A primary's log may not be asked of a replica.
        const string position = """
            SELECT pg_is_in_recovery(),
                   (CASE WHEN pg_is_in_recovery() THEN coalesce(pg_last_wal_replay_lsn(), '0/0') ELSE pg_current_wal_lsn() END - '0/0')::bigint
            """;
        var (isReplica, bytes) = await server.QuerySingleAsync<(bool, long)>("read replication position", position, null, cancellation);
        return new(isReplica, bytes);
    }
}
