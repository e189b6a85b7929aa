using System.Text.Json.Nodes;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using MarketData.Storage.Candles;
using MarketData.Testing;

namespace MarketData.Api.Tests.Historical;

/// <summary>A running API over series of several markets, made by a random walk on their calendars.</summary>
public sealed class ShapeData(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    /// <summary>The API.</summary>
    public ApiApplication Api { get; private set; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync(Cancellation);
        foreach (var (symbol, assetClass) in ((string, string)[])[("AAPL", "stock"), ("0700.HK", "stock"), ("BHP.AX", "stock"), ("BTC-USD", "crypto"), ("FIVE-USD", "crypto"), ("GONE", "stock")])
            await ExecuteAsync($"INSERT INTO symbols (symbol, asset_class, timeframes) VALUES ('{symbol}', '{assetClass}', '{{5m,1h,1d}}')");
        await WriteAsync("AAPL", BarInterval.OneHour, "2024-02-20", "2024-04-10");
        await WriteAsync("AAPL", BarInterval.OneHour, "2024-10-28", "2024-12-05");
        await WriteAsync("AAPL", BarInterval.OneDay, "2019-06-03", "2024-12-12");
        await WriteAsync("0700.HK", BarInterval.OneHour, "2024-02-01", "2024-03-15");
        await WriteAsync("BHP.AX", BarInterval.OneHour, "2024-01-02", "2024-04-20");
        await WriteAsync("BTC-USD", BarInterval.OneHour, "2024-01-05", "2024-05-06");
        await WriteAsync("FIVE-USD", BarInterval.FiveMinutes, "2024-03-01", "2024-03-04");
        await WriteAsync("GONE", BarInterval.OneDay, "2020-01-02", "2020-05-14");
        await ExecuteAsync("""
            INSERT INTO corporate_actions (symbol, kind, ex_date, ratio_from, ratio_to, cash_amount, source)
            VALUES ('AAPL', 'split', '2020-08-26', 1, 4, NULL, 'x'), ('AAPL', 'dividend', '2024-03-07', NULL, NULL, 0.25, 'x')
            """);
        Api = await ApiApplication.StartAsync(_database.ConnectionString);
    }

    /// <summary>The body of an answer that must be 200.</summary>
    public async Task<string> TextAsync(string call)
    {
        using var answer = await Api.Client.FetchAsync("/api/v1/" + call);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK, call + " " + text);
        return text;
    }

    /// <summary>The rows of a list in a JSON answer.</summary>
    public async Task<List<JsonObject>> RowsAsync(string call, string list = "candles") =>
        [.. JsonNode.Parse(await TextAsync(call))![list]!.AsArray().Select(row => row!.AsObject())];

    /// <summary>The rows of all pages that follow each other.</summary>
    public async Task<List<JsonObject>> PagesAsync(string call, string list = "candles")
    {
        var (rows, cursor) = (new List<JsonObject>(), (string?)null);
        do
        {
            var page = JsonNode.Parse(await TextAsync($"{call}&cursor={cursor}"))!;
            rows.AddRange(page[list]!.AsArray().Select(row => row!.AsObject()));
            cursor = (string?)page["next_cursor"];
        }
        while (cursor is not null);
        return rows;
    }

    /// <summary>The rows of a file as another implementation reads it.</summary>
    public async Task<JsonObject> FileAsync(string format, string call)
    {
        using var answer = await Api.Client.FetchAsync($"/api/v1/{call}&format={format}");
        var file = Path.Combine(await NodeProject.CreateFolderAsync(), "file");
        await File.WriteAllBytesAsync(file, await answer.Content.ReadAsByteArrayAsync(Cancellation), Cancellation);
        return JsonNode.Parse(await NodeProject.RunAsync("read.mjs", [format, file], Cancellation))!.AsObject();
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    public async Task WriteAsync(string symbol, BarInterval interval, string from, string to)
    {
        var instrument = new Instrument(Symbol.Parse(symbol), AssetClassNames.OfName(Symbol.Parse(symbol)));
        var instants = TradingCalendar.For(instrument).Expected(Utc(from), Utc(to), interval).ToList();
        var (random, price) = (new Random(instants.Count), 100.0);
        var candles = instants.Select((instant, i) =>
        {
            var open = price;
            price *= 1 + 0.02 * (random.NextDouble() - 0.5);
            var isCrypto = instrument.AssetClass == AssetClass.Crypto;
            var candle = new Candle
            {
                Timestamp = instant,
                Open = open,
                High = Math.Max(open, price) * 1.002,
                Low = Math.Min(open, price) * 0.998,
                Close = price,
                Volume = random.Next(100, 10_000),
                Vwap = (open + price) / 2,
                TradeCount = random.Next(1, 100),
                TakerBuyVolume = isCrypto ? random.Next(50) : double.NaN,
                TakerSellVolume = isCrypto ? random.Next(50) : double.NaN,
                LongLiquidations = isCrypto ? random.Next(9) : double.NaN,
                ShortLiquidations = isCrypto ? random.Next(9) : double.NaN,
                OpenInterest = isCrypto ? 1000 + random.Next(9) : double.NaN,
            };
            return i % 50 == 7
                ? new StoredCandle(candle, "yahoo", CandleIssues.VolumeAnomaly | CandleIssues.GapBefore, 0.7)
                : new StoredCandle(candle, "polygon", CandleIssues.None, 1);
        });
        await new SeriesWriter(_database.DataSource).WriteAsync(
            new SeriesWrite { Instrument = instrument, Interval = interval, Source = "polygon", Candles = candles.ToArray() }, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static DateTime Utc(string date) => DateTime.SpecifyKind(DateTime.Parse(date, System.Globalization.CultureInfo.InvariantCulture), DateTimeKind.Utc);
}
