using Npgsql;

namespace MarketData.Testing;

/// <summary>A primary and a replica that streams its log without being waited for, so that a failover may lose what was written last.</summary>
public sealed class ReplicatedPostgres : IAsyncDisposable
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(60);

    private ReplicatedPostgres(TestPostgres primary, TestPostgres replica) => (Primary, Replica) = (primary, replica);

    /// <summary>The server that takes writes until <see cref="FailOverAsync"/>.</summary>
    public TestPostgres Primary { get; }

    /// <summary>The one that takes them from then on.</summary>
    public TestPostgres Replica { get; }

    /// <summary>Connects to whichever of the two takes writes, as docs/deploy.md advises.</summary>
    public string ConnectionString => Connect(Primary.ConnectionString, Replica.ConnectionString);

    /// <summary>Starts both; the primary has the current schema.</summary>
    public static async Task<ReplicatedPostgres> StartNewAsync(CancellationToken cancellation = default)
    {
        var primary = await TestPostgres.StartNewAsync(cancellation);
        return new(primary, await primary.StartReplicaAsync(cancellation));
    }

    /// <summary>Connects to whichever of two servers takes writes.</summary>
    public static string Connect(string one, string other)
    {
        var (first, second) = (new NpgsqlConnectionStringBuilder(one), new NpgsqlConnectionStringBuilder(other));
        return new NpgsqlConnectionStringBuilder(one)
        {
            Host = $"{first.Host}:{first.Port},{second.Host}:{second.Port}",
            Password = first.Password,
            TargetSessionAttributes = "read-write",
            HostRecheckSeconds = 1,
            Timeout = 3,
        }.ConnectionString;
    }

    /// <summary>Waits until the replica has all that the primary has written, and has it hear of nothing that follows.</summary>
    public async Task StopReplicatingAsync(CancellationToken cancellation = default)
    {
        var position = await ScalarAsync<string>(Primary, "SELECT pg_current_wal_lsn()::text", cancellation);
        await Eventually.BecomesAsync(
            () => ScalarAsync<bool>(Replica, $"SELECT pg_last_wal_replay_lsn() >= '{position}'::pg_lsn", cancellation), WaitLimit, cancellation);
        await ScalarAsync<string>(Replica, "ALTER SYSTEM SET primary_conninfo = ''", cancellation);
        await ScalarAsync<bool>(Replica, "SELECT pg_reload_conf()", cancellation);
        await Eventually.BecomesAsync(
            () => ScalarAsync<bool>(Replica, "SELECT NOT EXISTS (SELECT FROM pg_stat_wal_receiver)", cancellation), WaitLimit, cancellation);
    }

    /// <summary>Kills the primary without warning, and promotes the replica.</summary>
    public async Task FailOverAsync(CancellationToken cancellation = default)
    {
        await Primary.KillAsync();
        await PromoteAsync(cancellation);
    }

    /// <summary>Promotes the replica, whatever has become of the primary.</summary>
    public async Task PromoteAsync(CancellationToken cancellation = default)
    {
        if (!await ScalarAsync<bool>(Replica, "SELECT pg_promote()", cancellation))
            throw new InvalidOperationException("The replica was not promoted in time.");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Replica.DisposeAsync();
        await Primary.DisposeAsync();
    }

    private static async Task<T?> ScalarAsync<T>(TestPostgres server, string sql, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellation) is T value ? value : default;
    }
}
