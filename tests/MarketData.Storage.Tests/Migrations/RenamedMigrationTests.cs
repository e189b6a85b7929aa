using Dapper;
using MarketData.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MarketData.Storage.Tests.Migrations;

/// <summary>What was stored before changes of ticker were known is marked to be asked for again.</summary>
public sealed class RenamedMigrationTests(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateEmptyDatabaseAsync(Cancellation);
        await FormerSchema.CreateAsync(_database, "0094", Cancellation);
        await using var connection = await OpenAsync();
        await connection.ExecuteAsync("""
            INSERT INTO symbols (symbol, asset_class, timeframes, actions_checked_at)
            VALUES ('META', 'stock', '{1d,1w}', now()), ('GEN', 'stock', '{1d}', now()), ('BRK.B', 'stock', '{1d}', now()), ('NEW', 'stock', '{1d}', now());
            INSERT INTO series (symbol, timeframe, first_ts, last_ts)
            SELECT symbol, unnest(timeframes), '2021-06-30Z', '2023-05-01Z' FROM symbols WHERE symbol <> 'NEW';
            INSERT INTO series (symbol, timeframe) VALUES ('NEW', '1d');
            INSERT INTO instrument_aliases (symbol, provider, provider_symbol, valid_from, valid_to, source) VALUES
                ('META', 'polygon', 'FB', NULL, '2022-06-08', 'built_in'), ('META', 'polygon', 'META', '2022-06-09', NULL, 'built_in'),
                ('GEN', 'polygon', 'NLOK', '2021-11-05', '2022-11-07', 'ticker_events'), ('GEN', 'polygon', 'GEN', '2022-11-08', NULL, 'ticker_events'),
                ('BRK.B', 'yahoo', 'BRK-B', NULL, NULL, 'person'), ('NEW', 'polygon', 'OLD', NULL, '2022-01-01', 'person');
            INSERT INTO backfill_state (symbol, timeframe, start_date, end_date, last_successful_date, status)
            VALUES ('META', '1d', '2021-06-30Z', '2022-06-09Z', '2022-06-09Z', 'completed');
            """);
        await new DatabaseMigrator(NullLogger<DatabaseMigrator>.Instance, TimeProvider.System)
            .MigrateAsync(_database.ConnectionString, Cancellation);
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Days_of_a_former_name_are_marked()
    {
        await using var connection = await OpenAsync();
        (await connection.QueryAsync<string>("""
            SELECT concat_ws(' ', symbol, timeframe, (start_date AT TIME ZONE 'UTC')::date, (end_date AT TIME ZONE 'UTC')::date, status, distrusts,
                last_successful_date)
            FROM backfill_state ORDER BY 1
            """)).ShouldBe(["GEN 1d 2021-06-30 2022-11-08 running polygon", "META 1d 2021-06-30 2022-06-09 running polygon"]);
        (await connection.QueryAsync<string>("SELECT symbol FROM symbols WHERE actions_checked_at IS NULL ORDER BY 1")).ShouldBe(["GEN", "META"]);
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(Cancellation);
        return connection;
    }
}
