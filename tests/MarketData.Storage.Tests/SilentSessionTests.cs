using Dapper;
using MarketData.Testing;
using Npgsql;

namespace MarketData.Storage.Tests;

/// <summary>What becomes of a session whose client is gone and never said so.</summary>
public sealed class SilentSessionTests(PostgresServer server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_client_held_that_fell_silent_in_a_transaction_is_free_again()
    {
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        await using var wire = TcpProxy.ToServerOf(database.ConnectionString);
        var builder = new NpgsqlDataSourceBuilder(wire.Through(database.ConnectionString));
        builder.KeepAlive(TimeSpan.FromSeconds(1));
        await using var source = builder.Build();
        await using var silent = await source.OpenConnectionAsync(Cancellation);
        await using var transaction = await silent.BeginTransactionAsync(Cancellation);
        await silent.ExecuteAsync("SELECT pg_advisory_xact_lock(4711)", transaction: transaction);

        wire.Cut();
        wire.MendForgetting();

        await using var other = await database.DataSource.OpenConnectionAsync(Cancellation);
        await other.ExecuteAsync("SET lock_timeout = '20s'; SELECT pg_advisory_lock(4711)");
    }

    [Fact]
    public async Task The_server_asks_after_clients_that_are_silent()
    {
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        var tcp = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Host = "127.0.0.1" };
        var builder = new NpgsqlDataSourceBuilder(tcp.ConnectionString);
        builder.KeepAlive();
        await using var source = builder.Build();
        await using var connection = await source.OpenConnectionAsync(Cancellation);

        (await connection.ExecuteScalarAsync<string>(
            """
            SELECT concat_ws(' ', current_setting('tcp_keepalives_idle'), current_setting('tcp_keepalives_interval'),
                             current_setting('tcp_keepalives_count'), current_setting('idle_in_transaction_session_timeout'))
            """)).ShouldBe("15 5 3 0");
    }
}
