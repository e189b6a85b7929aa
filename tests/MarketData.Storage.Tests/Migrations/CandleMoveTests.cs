using Dapper;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;
using MarketData.Storage.Candles;
using MarketData.Storage.Schema;
using MarketData.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MarketData.Storage.Tests.Migrations;

/// <summary>A database with wide candles, as it was filled by former versions, is brought up to date with all that is in it.</summary>
public sealed class CandleMoveTests(PostgresServer server) : IAsyncLifetime
{
    private const string Rows =
        "SELECT string_agg(concat_ws(' ', symbol, asset_class, timeframe, ts, open, high, low, close, volume, vwap, trade_count, open_interest, funding_rate, "
        + "long_short_ratio, taker_buy_volume, source, is_validated, quality_score, validation_notes, gap_detected, volume_anomaly, recorded_at), E'\\n' "
        + "ORDER BY symbol, timeframe, ts) FROM candles";

    private TestDatabase _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateEmptyDatabaseAsync(Cancellation);
        await FormerSchema.CreateAsync(_database, "0070", Cancellation);
        await ExecuteAsync(Filling);
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Every_candle_is_there_as_it_was_with_its_features()
    {
        var before = await ScalarAsync<string>(Rows);
        await MigrateAsync();

        (await ScalarAsync<string>(Rows)).ShouldBe(before);
        (await ScalarAsync<bool>("SELECT to_regclass('candle_features') IS NULL AND to_regclass('candle_moves') IS NULL")).ShouldBeTrue();
        (await ScalarAsync<long>("SELECT count(*) FROM pg_class WHERE relname LIKE 'candles%' AND relkind IN ('r', 'p')")).ShouldBe(0);
        await ShouldHaveFeaturesAsync();
        // What is stored from now on goes on from there.
        var day = new Candle { Timestamp = new DateTime(2023, 6, 1, 0, 0, 0, DateTimeKind.Utc), Open = 1, High = 3, Low = 1, Close = 2, Volume = 5 };
        var write = new SeriesWrite
        {
            Instrument = new Instrument(Symbol.Parse("AAPL"), AssetClass.Stock),
            Interval = BarInterval.OneDay,
            Source = "polygon",
            Candles = new[] { new StoredCandle(day, "polygon", default, 1) },
        };
        (await new SeriesWriter(_database.DataSource).WriteAsync(write, Cancellation)).Inserted.ShouldBe(1);
    }

    [Fact]
    public async Task A_move_that_was_broken_off_goes_on_and_takes_what_was_written_meanwhile()
    {
        await FormerSchema.RunAsync(_database, "0070", Cancellation);
        await ExecuteAsync("SELECT move_next_series(); SELECT move_next_series()");
        (await ScalarAsync<long>("SELECT count(*) FROM candle_moves")).ShouldBe(2);
        await ExecuteAsync("""
            UPDATE candles SET close = close + 0.5, recorded_at = now() WHERE symbol = 'AAPL' AND timeframe = '1d' AND ts > '2023-02-01Z';
            DELETE FROM candles WHERE symbol = 'AAPL' AND timeframe = '1d' AND ts < '2023-01-10Z';
            UPDATE series SET updated_at = now(), first_ts = '2023-01-10Z' WHERE symbol = 'AAPL' AND timeframe = '1d';
            DELETE FROM candles WHERE symbol = 'GONE';
            DELETE FROM symbols WHERE symbol = 'GONE';
            """);
        var before = await ScalarAsync<string>(Rows);
        await MigrateAsync();

        (await ScalarAsync<string>(Rows)).ShouldBe(before);
        (await ScalarAsync<long>("SELECT count(*) FROM bars_1d WHERE series_id NOT IN (SELECT id FROM series)")).ShouldBe(0);
        await ShouldHaveFeaturesAsync();
    }

    private async Task ShouldHaveFeaturesAsync()
    {
        var reader = new CandleReader(_database.DataSource);
        var series = (await reader.FindAsync(Symbol.Parse("AAPL"), BarInterval.OneDay, Cancellation)).ShouldNotBeNull();
        var query = new CandleQuery { Instrument = series.Instrument, Interval = BarInterval.OneDay, Limit = 100, Newest = true, Features = true, Adjusted = true };
        var (page, _) = await reader.ReadPageAsync(query, series, Cancellation);
        var table = new FeatureTable(FeatureCatalogue.For(AssetClass.Stock));
        new FeatureEngine(series.Instrument, BarInterval.OneDay).Append(page.Candles(), table);
        var means = page.Columns.Single(column => column.Name == "ema_26").Numbers[..page.Count];
        means.ShouldBe(table.Column(FeatureCatalogue.Find("ema_26")!).ToArray());
        (await ScalarAsync<double>("SELECT ema_26 FROM latest_features WHERE symbol = 'AAPL' AND timeframe = '1d'")).ShouldBe(means[^1]);
    }

    private Task<MigrationResult> MigrateAsync() =>
        new DatabaseMigrator(NullLogger<DatabaseMigrator>.Instance, TimeProvider.System).MigrateAsync(_database.ConnectionString, Cancellation);

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(Cancellation);
        await connection.ExecuteAsync(sql);
    }

    private async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(Cancellation);
        return await connection.ExecuteScalarAsync<T>(sql);
    }

    private const string Filling = """
        INSERT INTO symbols (symbol, asset_class, timeframes)
        VALUES ('AAPL', 'stock', '{1d,5m}'), ('BTC-USD', 'crypto', '{1h}'), ('GONE', 'etf', '{1d}'), ('EMPTY', 'stock', '{1d}');
        SELECT ensure_candle_partitions(t, '2023-01-01Z', '2023-06-01Z') FROM unnest(ARRAY['1d', '5m', '1h']) t;
        INSERT INTO candles (symbol, asset_class, timeframe, ts, open, high, low, close, volume, vwap, trade_count, source, is_validated, quality_score,
                             validation_notes, gap_detected, volume_anomaly, recorded_at)
        SELECT s, CASE s WHEN 'GONE' THEN 'etf' ELSE 'stock' END, '1d', '2023-01-01Z'::timestamptz + i * interval '1 day', 100 + i, 102.1 + i, 99 + i, 101.5 + i % 7, 1000 + i, 1 / 3.0, i,
               CASE i % 5 WHEN 0 THEN 'yahoo' ELSE 'polygon' END, i % 3 > 0, CASE i % 3 WHEN 0 THEN 0.65 ELSE 1 END,
               CASE i % 3 WHEN 0 THEN ARRAY['volume_anomaly', 'gap_before', 'fallback_source'] END, i % 3 = 0, i % 3 = 0, now() - i * interval '1 hour'
        FROM unnest(ARRAY['AAPL', 'GONE']) s, generate_series(0, 89) i;
        INSERT INTO candles (symbol, asset_class, timeframe, ts, open, high, low, close, volume, source, is_validated, quality_score)
        SELECT 'AAPL', 'stock', '5m', '2023-01-03 14:30Z'::timestamptz + i * interval '5 minutes', 1, 2, 1, 2, 3, 'polygon', true, 1 FROM generate_series(0, 9000) i;
        INSERT INTO candles (symbol, asset_class, timeframe, ts, open, high, low, close, volume, open_interest, funding_rate, taker_buy_volume, source,
                             is_validated, quality_score)
        SELECT 'BTC-USD', 'crypto', '1h', '2023-01-03Z'::timestamptz + i * interval '1 hour', 1, 2, 1, 2, 3, 1e9, -1e-5, CASE WHEN i > 9 THEN 1.5 END, 'binance', true, 1
        FROM generate_series(0, 500) i;
        INSERT INTO candle_features (symbol, timeframe, ts) SELECT symbol, timeframe, ts FROM candles;
        INSERT INTO series (symbol, timeframe, first_ts, last_ts, records) SELECT symbol, timeframe, min(ts), max(ts), count(*) FROM candles GROUP BY 1, 2;
        INSERT INTO series (symbol, timeframe) VALUES ('EMPTY', '1d');
        INSERT INTO corporate_actions (symbol, kind, ex_date, ratio_from, ratio_to, cash_amount, source) VALUES
            ('AAPL', 'split', '2023-03-01', 1, 4, NULL, 'polygon'), ('AAPL', 'dividend', '2023-02-10', NULL, NULL, 0.3, 'polygon');
        """;
}
