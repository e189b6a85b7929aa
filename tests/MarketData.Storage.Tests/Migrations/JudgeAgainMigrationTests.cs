using Dapper;
using MarketData.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MarketData.Storage.Tests.Migrations;

/// <summary>What older rules may have got wrong is marked to be judged again, or asked for again, and an event says so.</summary>
public sealed class JudgeAgainMigrationTests(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateEmptyDatabaseAsync(Cancellation);
        await FormerSchema.CreateAsync(_database, "0092", Cancellation);
        await using var connection = await OpenAsync();
        await connection.ExecuteAsync("""
            INSERT INTO symbols (symbol, asset_class, timeframes, actions_checked_at)
            VALUES ('AAPL', 'stock', '{1d,1w}', now()), ('MSFT', 'stock', '{1d}', now()), ('GAP', 'stock', '{1d}', now()), ('EZJ.L', 'stock', '{1h,1d}', now()),
                   ('BRK.B', 'stock', '{1d}', now()), ('BTC-USD', 'crypto', '{1w}', now());
            INSERT INTO series (symbol, timeframe, first_ts, last_ts) SELECT symbol, unnest(timeframes), '2023-01-02Z', '2023-05-01Z' FROM symbols;
            UPDATE series SET last_ts = now() - interval '1 day' WHERE symbol = 'EZJ.L' AND timeframe = '1h';
            INSERT INTO data_quality_metrics (symbol, timeframe, metric_date, total_records, validated_records, rejected_records, expected_records, gaps_detected, anomalies_detected)
            SELECT symbol, timeframe, date::date, 1, 1, 0, 1, 0, anomalies FROM (VALUES ('AAPL', '1d', '2023-02-01', 0), ('AAPL', '1d', '2023-03-08', 1), ('AAPL', '1w', '2023-02-06', 1), ('BTC-USD', '1w', '2023-02-06', 1),
                   ('MSFT', '1d', '2023-03-08', 0)) AS d (symbol, timeframe, date, anomalies);
            INSERT INTO gaps (symbol, timeframe, gap_start, gap_end, missing)
            VALUES ('GAP', '1d', '2023-01-10Z', '2023-04-10Z', 62), ('MSFT', '1d', '2023-01-10Z', '2023-01-12Z', 3);
            INSERT INTO corporate_action_reports (symbol, provider, ex_date, ratio_from, ratio_to)
            VALUES ('BRK.B', 'polygon', '2023-02-01', 1, 50), ('BRK.B', 'yahoo', '2023-02-02', 1, 50),
                   ('AAPL', 'polygon', '2023-02-01', 1, 4), ('AAPL', 'yahoo', '2023-02-01', 1, 4);
            DELETE FROM events;
            """);
        await new DatabaseMigrator(NullLogger<DatabaseMigrator>.Instance, TimeProvider.System).MigrateAsync(_database.ConnectionString, Cancellation);
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Odd_days_are_judged_again_other_exchanges_and_contradictions_asked_again()
    {
        await using var connection = await OpenAsync();
        (await connection.QueryAsync<string>("""
            SELECT symbol || ' ' || timeframe || ' ' || (judge_from AT TIME ZONE 'UTC')::date FROM series WHERE judge_from IS NOT NULL ORDER BY symbol
            """)).ShouldBe(["AAPL 1d 2023-03-08", "BTC-USD 1w 2023-02-06", "EZJ.L 1d 2023-01-02", "GAP 1d 2023-01-10"]);
        (await connection.QueryAsync<string>("SELECT symbol || ' ' || (provisional_from AT TIME ZONE 'UTC')::date FROM series WHERE provisional_from IS NOT NULL"))
            .ShouldBe(["AAPL 2023-03-06"]);
        (await connection.QueryAsync<string>("SELECT symbol || ' ' || timeframe || ' ' || (start_date > now() - interval '51 days') FROM backfill_state WHERE status = 'running' ORDER BY timeframe"))
            .ShouldBe(["EZJ.L 1d false", "EZJ.L 1h true"]);
        (await connection.QueryAsync<string>("SELECT symbol FROM symbols WHERE actions_checked_at IS NULL")).ShouldBe(["BRK.B"]);
        (await connection.QueryAsync<string>("SELECT payload::text FROM events")).ShouldBe(["{\"series_judged_again\": 4, \"symbols_asked_again\": 2}"]);
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(Cancellation);
        return connection;
    }
}
