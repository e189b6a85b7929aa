using MarketData.Domain.Candles;
using MarketData.Domain.Features;
using MarketData.Domain.Validation;
using MarketData.Storage.Candles;
using MarketData.Testing;

namespace MarketData.Api.Tests.Historical;

/// <summary>A running API over known series: hourly Bitcoin with features, and a share that was split and paid dividends.</summary>
public sealed class HistoricalData(PostgresServer server) : IAsyncLifetime
{
    public static readonly Instrument Bitcoin = new(Symbol.Parse("BTC-USD"), AssetClass.Crypto);
    public static readonly DateTime Start = new(2023, 12, 25, 0, 0, 0, DateTimeKind.Utc);
    private static readonly Instrument Apple = new(Symbol.Parse("AAPL"), AssetClass.Stock);

    public TestDatabase Database { get; private set; } = null!;

    public ServiceProcess Api { get; private set; } = null!;

    public HttpClient Client => Api.Client;

    /// <summary>The hours of Bitcoin; the fourth has every field, and two notes.</summary>
    public StoredCandle[] Hours { get; } = Hourly(200);

    /// <summary>Their features.</summary>
    public FeatureTable Features { get; } = new(FeatureCatalogue.For(AssetClass.Crypto));

    public async ValueTask InitializeAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        Database = await server.CreateDatabaseAsync(cancellation);
        await ExecuteAsync("""
            INSERT INTO symbols (symbol, asset_class, timeframes)
            VALUES ('BTC-USD', 'crypto', '{1h}'), ('AAPL', 'stock', '{1d}'), ('EMPTY', 'stock', '{1d}'), ('ETH-USD', 'crypto', '{1h}'), ('SOL-USD', 'crypto', '{1h}')
            """);
        new FeatureEngine(Bitcoin, BarInterval.OneHour).Append([.. Hours.Select(hour => hour.Candle)], Features);
        await WriteAsync(Bitcoin, BarInterval.OneHour, Hours);
        await WriteAsync(Apple, BarInterval.OneDay,
            [Day("2020-08-06", 455), Day("2020-08-07", 444), Day("2020-08-28", 499), Day("2020-08-31", 129), Day("2020-11-05", 119), Day("2020-11-06", 118)]);
        await ExecuteAsync("""
            INSERT INTO corporate_actions (symbol, kind, ex_date, ratio_from, ratio_to, cash_amount, source)
            VALUES ('AAPL', 'split', '2020-08-31', 1, 4, NULL, 'polygon'),
                   ('AAPL', 'dividend', '2020-08-07', NULL, NULL, 0.82, 'polygon'), ('AAPL', 'dividend', '2020-11-06', NULL, NULL, 0.205, 'polygon')
            """);
        Api = await ApiProcess.StartAsync(Database.ConnectionString, cancellation: cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (Api is not null)
            await Api.DisposeAsync();
        await Database.DisposeAsync();
    }

    public Task<WriteResult> WriteAsync(Instrument instrument, BarInterval interval, StoredCandle[] candles) =>
        new SeriesWriter(Database.DataSource).WriteAsync(
            new SeriesWrite { Instrument = instrument, Interval = interval, Source = "test", Candles = candles },
            TestContext.Current.CancellationToken);

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        command.CommandTimeout = 300;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public async Task<T> QueryAsync<T>(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public static StoredCandle[] Hourly(int count)
    {
        var hours = Enumerable.Range(0, count).Select(i => new StoredCandle(
            new Candle
            {
                Timestamp = Start.AddHours(i),
                Open = 100 + i / 3.0,
                High = 102.5 + i,
                Low = 99.1,
                Close = 101.7 + Math.Sin(i),
                Volume = 1e3 + i / 7.0,
                TakerBuyVolume = 600 + i,
                TakerSellVolume = 400,
            },
            "binance", CandleIssues.None, 1)).ToArray();
        if (count > 3)
        {
            hours[3] = hours[3] with
            {
                Candle = hours[3].Candle with
                {
                    Vwap = 1.0 / 3,
                    TradeCount = 9_007_199_254_740_991,
                    OpenInterest = 1e-300,
                    FundingRate = -1e-5,
                    LongShortRatio = 1.1,
                    LongLiquidations = 5e-324,
                    ShortLiquidations = 1.7976931348623157e308,
                },
                Issues = CandleIssues.GapBefore | CandleIssues.VolumeAnomaly,
                Score = 0.7,
            };
        }

        return hours;
    }

    public static StoredCandle Day(string date, double close) => new(
        new Candle { Timestamp = DateTime.Parse(date + "Z", null, System.Globalization.DateTimeStyles.AdjustToUniversal), Open = close, High = close + 1, Low = close - 1, Close = close, Volume = 1000 },
        "polygon", CandleIssues.None, 1);
}
