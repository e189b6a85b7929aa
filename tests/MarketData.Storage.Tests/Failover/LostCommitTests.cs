using System.Globalization;
using Dapper;
using MarketData.Storage.Candles;
using MarketData.Testing;
using Npgsql;

namespace MarketData.Storage.Tests.Failover;

/// <summary>A commit whose answer was lost in a failover that lost the transaction, too.</summary>
public sealed class LostCommitTests
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_that_is_gone_is_not_taken_for_the_transaction_that_has_its_number_now()
    {
        await using var servers = await ReplicatedPostgres.StartNewAsync(Cancellation);
        await using var toReplica = TcpProxy.ToServerOf(servers.Replica.ConnectionString);
        var connection = new NpgsqlConnectionStringBuilder(
            ReplicatedPostgres.Connect(servers.Primary.ConnectionString, toReplica.Through(servers.Replica.ConnectionString)))
        {
            Options = "-c synchronous_commit=on",
        };
        await using var database = NpgsqlDataSource.Create(connection.ConnectionString);
        await using var primary = NpgsqlDataSource.Create(servers.Primary.ConnectionString);
        var writer = new SeriesWriter(database);
        await ExecuteAsync(primary, "INSERT INTO symbols (symbol, asset_class, timeframes) VALUES ('AAPL', 'stock', '{1d}')");
        await writer.WriteAsync(FailedOverDatabase.Write("AAPL", 0, 12, "polygon", null), Cancellation);
        await servers.StopReplicatingAsync(Cancellation);
        // From here on a commit is done and not answered: it waits for a replica that is cut off.
        await ExecuteAsync(primary, "ALTER SYSTEM SET synchronous_standby_names = '*'");
        await ExecuteAsync(primary, "SELECT pg_reload_conf()");
        toReplica.Cut();

        var writing = writer.WriteAsync(FailedOverDatabase.Write("AAPL", 12, 24, "polygon", null), Cancellation);
        long committed = 0;
        await Eventually.BecomesAsync(async () => (committed = await WaitingAsync(primary)) > 0, WaitLimit, Cancellation);
        await servers.FailOverAsync(Cancellation);
        await using var replica = NpgsqlDataSource.Create(servers.Replica.ConnectionString);
        while (long.Parse((await ScalarAsync<string>(replica, "SELECT pg_current_xact_id()::text"))!, CultureInfo.InvariantCulture) <= committed)
            Cancellation.ThrowIfCancellationRequested();
        (await ScalarAsync<string>(replica, "SELECT pg_xact_status(@committed::text::xid8)", new { committed })).ShouldBe("committed");
        toReplica.Mend();

        await Should.ThrowAsync<NpgsqlException>(() => writing);
        (await ScalarAsync<int>(replica, "SELECT count(*) FROM candles")).ShouldBe(12);
    }

    private static async Task<long> WaitingAsync(NpgsqlDataSource server) => await ScalarAsync<long>(
        server, "SELECT coalesce(max(backend_xid::text::bigint), 0) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");

    private static async Task ExecuteAsync(NpgsqlDataSource server, string sql)
    {
        await using var connection = await server.OpenConnectionAsync(Cancellation);
        await connection.ExecuteAsync(sql);
    }

    private static async Task<T?> ScalarAsync<T>(NpgsqlDataSource server, string sql, object? arguments = null)
    {
        await using var connection = await server.OpenConnectionAsync(Cancellation);
        return await connection.ExecuteScalarAsync<T>(sql, arguments);
    }
}
