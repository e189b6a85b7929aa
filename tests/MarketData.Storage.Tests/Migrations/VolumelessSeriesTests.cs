using Dapper;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using MarketData.Storage.Candles;
using MarketData.Storage.Symbols;
using MarketData.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace MarketData.Storage.Tests.Migrations;

/// <summary>What former versions marked for its missing volume though it never has any is healed, and nothing else.</summary>
public sealed class VolumelessSeriesTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly DateTime First = new(2026, 3, 2, 0, 0, 0, DateTimeKind.Utc);
    private TestDatabase _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync(Cancellation);

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task An_index_is_as_good_as_any_after_the_upgrade()
    {
        await StoreAsync("^VIX", [0, 0, 0, 0]);
        await StoreAsync("FLAT", [0, 0, 0, 0]);
        await StoreAsync("THIN", [500, 0, 500, 500]);
        (await VerdictsAsync()).ShouldBe(["FLAT 0 0.8 0", "THIN 3 0.95 3", "^VIX 0 0.8 0"]);

        await using (var connection = await _database.DataSource.OpenConnectionAsync(Cancellation))
        {
            await connection.ExecuteAsync(
                """
                DELETE FROM schema_versions WHERE scriptname LIKE '%0080%';
                ALTER TABLE symbol_status DROP COLUMN unknown_since CASCADE;
                ALTER TABLE symbol_status RENAME CONSTRAINT symbol_status_status_check TO enrichment_status_status_check;
                ALTER TABLE symbol_status RENAME CONSTRAINT symbol_status_health_check TO enrichment_status_health_check;
                """);
        }

        var migrator = new DatabaseMigrator(NullLogger<DatabaseMigrator>.Instance, TimeProvider.System);
        await migrator.MigrateAsync(_database.ConnectionString, Cancellation);
        (await VerdictsAsync()).ShouldBe(["FLAT 4 1 4", "THIN 3 0.95 3", "^VIX 4 1 4"]);
    }

    private async Task StoreAsync(string symbol, double[] volumes)
    {
        await new SymbolStore(_database.DataSource).AddAsync(symbol, "stock", null, ["1d"], Cancellation);
        var candles = volumes.Select((volume, day) => new StoredCandle(
            new Candle { Timestamp = First.AddDays(day), Open = 1, High = 1, Low = 1, Close = 1, Volume = volume }, "yahoo",
            volume == 0 ? CandleIssues.ZeroVolume : CandleIssues.None, volume == 0 ? 0.8 : 1)).ToArray();
        var write = new SeriesWrite
        {
            Instrument = new Instrument(Symbol.Parse(symbol), AssetClass.Stock),
            Interval = BarInterval.OneDay,
            Source = "yahoo",
            Candles = candles,
            ExpectedByDate = candles.ToDictionary(candle => DateOnly.FromDateTime(candle.Candle.Timestamp), _ => 1),
        };
        await new SeriesWriter(_database.DataSource).WriteAsync(write, Cancellation);
    }

    // The candles that are validated, the series' score, and its days' sum of validated candles.
    private async Task<IEnumerable<string>> VerdictsAsync()
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync(Cancellation);
        return await connection.QueryAsync<string>(
            """
            SELECT concat_ws(' ', s.symbol, (SELECT count(*) FROM candles c WHERE c.symbol = s.symbol AND c.is_validated), s.quality_score,
                (SELECT sum(validated_records) FROM data_quality_metrics m WHERE m.symbol = s.symbol))
            FROM series s ORDER BY s.symbol COLLATE "C"
            """);
    }
}
