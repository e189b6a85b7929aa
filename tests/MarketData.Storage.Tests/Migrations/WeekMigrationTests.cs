using Dapper;
using MarketData.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MarketData.Storage.Tests.Migrations;

/// <summary>Weeks that providers gave are marked to be built anew of days, which are tracked with them from now on.</summary>
public sealed class WeekMigrationTests(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateEmptyDatabaseAsync(Cancellation);
        await FormerSchema.CreateAsync(_database, "0081", Cancellation);
        await using var connection = await OpenAsync();
        await connection.ExecuteAsync("""
            INSERT INTO symbols (symbol, asset_class, timeframes)
            VALUES ('AAPL', 'stock', '{1h,1w}'), ('SPY', 'etf', '{1d,1w}'), ('MSFT', 'stock', '{5m}'), ('BTC-USD', 'crypto', '{1w}');
            INSERT INTO series (symbol, timeframe, first_ts, last_ts)
            SELECT symbol, unnest(timeframes), '2023-01-02Z', '2023-05-01Z' FROM symbols;
            INSERT INTO gaps (symbol, timeframe, gap_start, gap_end, missing, next_ask_at)
            SELECT symbol, '1w', '2023-02-06Z', '2023-02-06Z', 1, now() FROM symbols WHERE symbol <> 'MSFT';
            """);
        await new DatabaseMigrator(NullLogger<DatabaseMigrator>.Instance, TimeProvider.System)
            .MigrateAsync(_database.ConnectionString, Cancellation);
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Weeks_of_stocks_and_funds_are_marked_and_their_days_tracked()
    {
        await using var connection = await OpenAsync();
        (await connection.QueryAsync<string>("SELECT symbol || ' ' || array_to_string(timeframes, ' ') FROM symbols ORDER BY symbol"))
            .ShouldBe(["AAPL 1h 1d 1w", "BTC-USD 1w", "MSFT 5m", "SPY 1d 1w"]);
        (await connection.QueryAsync<string>("SELECT symbol || ' ' || timeframe FROM series WHERE provisional_from = first_ts ORDER BY symbol"))
            .ShouldBe(["AAPL 1w", "SPY 1w"]);
        (await connection.QueryAsync<string>("SELECT symbol FROM gaps WHERE next_ask_at IS NOT NULL")).ShouldBe(["BTC-USD"]);
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(Cancellation);
        return connection;
    }
}
