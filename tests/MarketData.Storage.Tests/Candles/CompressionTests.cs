using Dapper;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;
using MarketData.Domain.Validation;
using MarketData.Storage.Candles;
using MarketData.Testing;

namespace MarketData.Storage.Tests.Candles;

/// <summary>Candles that TimescaleDB has compressed are read, revised, filled in and forgotten as all others are.</summary>
public sealed class CompressionTests(PostgresServer server) : IAsyncLifetime
{
    private const string NoTimescale = "There is no TimescaleDB on this server, which alone compresses candles.";
    private static readonly Instrument Apple = new(Symbol.Parse("AAPL"), AssetClass.Stock);
    private static readonly DateTime Start = new(2024, 1, 2, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime[] Calendar = [.. TradingCalendar.UsEquities.Expected(Start, Start.AddMonths(6), BarInterval.FiveMinutes)];
    private TestDatabase _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync(Cancellation);
        await ExecuteAsync("INSERT INTO symbols (symbol, asset_class, timeframes) VALUES ('AAPL', 'stock', '{5m}')");
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Revisions_and_backfills_reach_compressed_candles()
    {
        Assert.SkipUnless(await _database.HasTimescaleAsync(Cancellation), NoTimescale);
        var expected = new SortedDictionary<DateTime, Candle>();
        await StoreAsync(expected, Calendar[1000..], 100);
        (await CompressAsync()).ShouldBeGreaterThan(3);

        (await StoreAsync(expected, Calendar[1000..], 100)).ShouldBe(new WriteResult(0, 0, 0, Calendar.Length - 1000));
        (await StoreAsync(expected, Calendar[4000..4200], 101)).Updated.ShouldBe(200);
        (await StoreAsync(expected, Calendar[..1000], 99)).Inserted.ShouldBe(1000);

        await CheckAsync(expected);
        (await ScalarAsync<long>("SELECT count(*) FROM candle_revisions")).ShouldBe(200);
        // Compressed again, they are the same.
        await CompressAsync();
        await CheckAsync(expected);
    }

    [Fact]
    public async Task Retention_drops_the_chunks_that_it_empties()
    {
        Assert.SkipUnless(await _database.HasTimescaleAsync(Cancellation), NoTimescale);
        var expected = new SortedDictionary<DateTime, Candle>();
        await StoreAsync(expected, Calendar, 100);
        await CompressAsync();
        var before = Start.AddMonths(4);

        var forgotten = await new CandleRetention(_database.DataSource).ForgetAsync(BarInterval.FiveMinutes, before, (_, _) => { }, Cancellation);

        forgotten.ShouldBe(Calendar.Count(instant => instant < before));
        foreach (var instant in Calendar.Where(instant => instant < before))
            expected.Remove(instant);
        await CheckAsync(expected);
        (await ScalarAsync<bool>($"SELECT bool_and(upper > '{before:O}') FROM candle_partition_bounds('bars_5m')")).ShouldBeTrue();
    }

    [Fact]
    public async Task Settings_decide_when_candles_are_compressed_and_how_long_chunks_are()
    {
        Assert.SkipUnless(await _database.HasTimescaleAsync(Cancellation), NoTimescale);
        const string policies = """
            SELECT count(*) FROM timescaledb_information.jobs WHERE hypertable_name ~ '^(bars|microstructure)_' AND (config ->> 'compress_after')::interval = '90 days'
            """;
        var retention = new CandleRetention(_database.DataSource);
        await retention.CompressAfterAsync(90, Cancellation);
        (await ScalarAsync<long>(policies)).ShouldBe(14);
        await retention.CompressAfterAsync(null, Cancellation);
        (await ScalarAsync<long>("SELECT count(*) FROM timescaledb_information.jobs WHERE config ? 'compress_after'")).ShouldBe(0);
        await retention.PartitionByAsync(new Dictionary<BarInterval, int> { [BarInterval.FiveMinutes] = 2 }, Cancellation);
        (await ScalarAsync<TimeSpan>("SELECT time_interval FROM timescaledb_information.dimensions WHERE hypertable_name = 'bars_5m'"))
            .ShouldBe(TimeSpan.FromDays(60));
    }

    // What is read is what was stored, with the features that follow from it.
    private async Task CheckAsync(SortedDictionary<DateTime, Candle> expected)
    {
        var reader = new CandleReader(_database.DataSource);
        var series = (await reader.FindAsync(Apple.Symbol, BarInterval.FiveMinutes, Cancellation)).ShouldNotBeNull();
        var table = new FeatureTable(FeatureCatalogue.For(AssetClass.Stock));
        new FeatureEngine(Apple, BarInterval.FiveMinutes).Append([.. expected.Values], table);
        var wanted = table.Column(FeatureCatalogue.Find("rsi_14")!).ToArray();
        var (candles, values) = (new List<Candle>(), new List<double>());
        var query = new CandleQuery { Instrument = Apple, Interval = BarInterval.FiveMinutes, Features = true };
        await foreach (var batch in reader.StreamAsync(query, series, 1000, Cancellation))
        {
            candles.AddRange(batch.Candles());
            values.AddRange(batch.Columns.Single(column => column.Name == "rsi_14").Numbers[..batch.Count]);
        }

        candles.SequenceEqual(expected.Values).ShouldBeTrue();
        values.SequenceEqual(wanted).ShouldBeTrue();
    }

    private async Task<WriteResult> StoreAsync(SortedDictionary<DateTime, Candle> expected, DateTime[] instants, double price)
    {
        var candles = instants.Select(instant => new Candle
        {
            Timestamp = instant,
            Open = price,
            High = price + instant.Minute + 1,
            Low = price - 1,
            Close = price + instant.Minute / 2.0,
            Volume = 1000 + instant.Day,
            Vwap = price + 0.125,
            TradeCount = instant.Hour,
        }).ToArray();
        foreach (var candle in candles)
            expected[candle.Timestamp] = candle;
        var result = await new SeriesWriter(_database.DataSource).WriteAsync(
            new SeriesWrite
            {
                Instrument = Apple,
                Interval = BarInterval.FiveMinutes,
                Source = "polygon",
                Candles = Array.ConvertAll(candles, candle => new StoredCandle(candle, "polygon", CandleIssues.None, 1)),
            },
            Cancellation);
        await new FeatureStore(_database.DataSource).CatchUpAsync(Apple, BarInterval.FiveMinutes, null, null, Cancellation);
        return result;
    }

    private Task<long> CompressAsync() =>
        ScalarAsync<long>("SELECT count(compress_chunk(chunk)) FROM show_chunks('bars_5m') AS chunk")!;

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync(Cancellation);
        return await connection.ExecuteScalarAsync<T>(sql);
    }
}
