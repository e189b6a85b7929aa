using MarketData.Api.Tests.Enrichment;
using MarketData.Bulk;
using MarketData.Bulk.Targets;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using MarketData.Storage.Bulk;
using MarketData.Storage.Candles;
using MarketData.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace MarketData.Api.Tests.Bulk;

/// <summary>
/// A database with shares over three years, one of them split within, and crypto in five minutes across the end of a month; and a folder for its files.
/// </summary>
public sealed class Warehouse : IAsyncDisposable
{
    /// <summary>Where series of days begin.</summary>
    public static readonly DateTime FirstDay = new(2019, 11, 4, 0, 0, 0, DateTimeKind.Utc);

    private static readonly DateTime FirstFive = new(2023, 12, 31, 20, 0, 0, DateTimeKind.Utc);

    private Warehouse(TestDatabase database) => Database = database;

    /// <summary>The database.</summary>
    public TestDatabase Database { get; }

    /// <summary>What runs and files are recorded in.</summary>
    public BulkStore Store => new(Database.DataSource);

    /// <summary>A folder that is not there yet.</summary>
    public string Folder { get; } = Path.Combine(Directory.CreateTempSubdirectory("marketdata-bulk-").FullName, "files");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Makes one.</summary>
    public static async Task<Warehouse> CreateAsync(PostgresServer server)
    {
        var warehouse = new Warehouse(await server.CreateDatabaseAsync(Cancellation));
        await warehouse.FillAsync();
        return warehouse;
    }

    /// <summary>Asks for a run and does it.</summary>
    /// <param name="target">Where to; the folder when left out.</param>
    /// <param name="killed">Breaks it off.</param>
    /// <returns>The run as it ended.</returns>
    public async Task<BulkRun> WriteAsync(IBulkTarget? target = null, CancellationTokenSource? killed = null)
    {
        await Store.RequestAsync("test", Cancellation);
        return (await GoOnAsync(target, killed)).ShouldNotBeNull();
    }

    /// <summary>Does the run that is open, as a node would.</summary>
    public Task<BulkRun?> GoOnAsync(IBulkTarget? target = null, CancellationTokenSource? killed = null) => new BulkWriter(
        Database.DataSource, Store, target ?? new FolderTarget(Folder), Options.Create(new BulkOptions { Target = Folder }), NullLogger<BulkWriter>.Instance)
        .RunAsync("node", killed?.Token ?? Cancellation);

    /// <summary>The files of the newest version by interval and period.</summary>
    public async Task<Dictionary<string, BulkFile>> NewestAsync()
    {
        var version = (await Store.VersionAsync(null, Cancellation)).ShouldNotBeNull();
        return (await Store.FilesAsync(version.Id, null, Cancellation))
            .ToDictionary(file => file.File[..file.File.LastIndexOf('_')]);
    }

    /// <summary>Stores candles as enrichment does.</summary>
    public Task<WriteResult> StoreAsync(string symbol, AssetClass assetClass, BarInterval interval, params StoredCandle[] candles) =>
        new SeriesWriter(Database.DataSource).WriteAsync(
            new SeriesWrite { Instrument = new(Symbol.Parse(symbol), assetClass), Interval = interval, Source = "test", Candles = candles }, Cancellation);

    /// <summary>A daily candle, by its place among the weekdays.</summary>
    public static StoredCandle Day(int place, double price, CandleIssues issues = CandleIssues.None)
    {
        var close = price * (1 + Math.Sin(place) / 40);
        var candle = new Candle
        {
            Timestamp = FirstDay.AddDays(place / 5 * 7 + place % 5),
            Open = close / 1.01,
            High = close * 1.02,
            Low = close * 0.97,
            Close = close,
            Volume = 1e6 + place / 3.0,
        };
        return new(candle, "polygon", issues, ValidationRules.Score(issues));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(Folder)!, recursive: true);
    }

    private async Task FillAsync()
    {
        await Database.ExecuteAsync("""
            INSERT INTO symbols (symbol, asset_class, timeframes, name, currency, price_unit) VALUES
                ('SPLIT', 'stock', '{1d}', 'Split Inc.', 'USD', 'USD'), ('PLAIN', 'stock', '{1d}', NULL, 'GBP', 'GBp'), ('BTC-USD', 'crypto', '{5m}', NULL, 'USD', 'USD');
            INSERT INTO corporate_actions (symbol, kind, ex_date, ratio_from, ratio_to, cash_amount, source) VALUES
                ('SPLIT', 'split', '2020-08-31', 1, 4, NULL, 'polygon'), ('PLAIN', 'dividend', '2020-11-06', NULL, NULL, 0.8, 'polygon');
            """);
        await StoreAsync("SPLIT", AssetClass.Stock, BarInterval.OneDay, [.. Enumerable.Range(0, 500).Select(i => Day(i, i < 215 ? 480 : 120))]);
        await StoreAsync("PLAIN", AssetClass.Stock, BarInterval.OneDay, [.. Enumerable.Range(0, 450).Select(i => Day(i, 70))]);
        await StoreAsync("BTC-USD", AssetClass.Crypto, BarInterval.FiveMinutes, [.. Enumerable.Range(0, 120).Select(i => new StoredCandle(
            new Candle
            {
                Timestamp = FirstFive.AddMinutes(5 * i),
                Open = 42_000,
                High = 42_600.5 + i,
                Low = 41_000,
                Close = 42_000 + 100 * Math.Cos(i),
                Volume = 3 + i / 7.0,
                TakerBuyVolume = 1 + i / 9.0,
                TakerSellVolume = 2,
            },
            "binance", CandleIssues.None, 1))]);
    }
}
