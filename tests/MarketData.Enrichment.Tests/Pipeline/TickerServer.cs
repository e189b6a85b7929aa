using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>
/// Days of many tickers behind Polygon's and Yahoo's wire formats, written from their references and not with the project's simulator: what a
/// test does not enter, nobody knows.
/// </summary>
internal sealed class TickerServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TickerServer(WebApplication app) => _app = app;

    /// <summary>A bar of a day; open, high, low and close are one.</summary>
    public readonly record struct Day(DateTime Stamp, double Price, double Volume = 1000);

    /// <summary>A Yahoo chart's <c>meta</c>; what is null is not told.</summary>
    public sealed record Meta(string? Zone, string? Currency, string? Type, string? Symbol = null, int? Offset = null);

    public string Address => _app.Urls.Single();

    /// <summary>Polygon's days by ticker, stamped with their date.</summary>
    public Dictionary<string, IReadOnlyList<Day>> Polygon { get; } = [];

    /// <summary>What Polygon says that an answer is of, where that is not what it was asked for.</summary>
    public string? PolygonTicker { get; set; }

    /// <summary>Polygon's changes of ticker, by the ticker asked for.</summary>
    public Dictionary<string, IReadOnlyList<(string Ticker, string Date)>> Events { get; } = [];

    /// <summary>What Polygon tells of a ticker, by the ticker asked for.</summary>
    public Dictionary<string, object> Details { get; } = [];

    /// <summary>The pairs that Binance lists.</summary>
    public HashSet<string> Pairs { get; } = [];

    /// <summary>The pairs that Coinbase lists.</summary>
    public HashSet<string> Products { get; } = [];

    /// <summary>Yahoo's charts by symbol, stamped as Yahoo does.</summary>
    public Dictionary<string, (Meta Meta, IReadOnlyList<Day> Days)> Yahoo { get; } = [];

    /// <summary>Dividends that Yahoo tells of, by symbol.</summary>
    public Dictionary<string, IReadOnlyList<(DateTime Stamp, double Amount)>> Dividends { get; } = [];

    /// <summary>The tickers that each provider was asked for, such as <c>polygon FB</c>.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    public static async Task<TickerServer> StartAsync(CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var server = new TickerServer(app);
        app.MapGet("/polygon/v2/aggs/ticker/{ticker}/range/1/day/{from}/{to}", server.Aggregates);
        app.MapGet("/polygon/vX/reference/tickers/{ticker}/events", server.TickerEvents);
        app.MapGet("/polygon/v3/reference/{kind}", () => Results.Json(new { results = Array.Empty<object>(), status = "OK" }));
        app.MapGet("/polygon/v3/reference/tickers/{ticker}", server.TickerDetails);
        app.MapGet("/binance/api/v3/exchangeInfo", server.ExchangeInfo);
        app.MapGet("/coinbase/products/{product}", server.Product);
        app.MapGet("/yahoo/v8/finance/chart/{symbol}", server.Chart);
        await app.StartAsync(cancellation);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Aggregates(string ticker, string from, string to)
    {
        Asked.Enqueue($"polygon {ticker}");
        var (first, last) = (Date(from), Date(to));
        var days = Polygon.GetValueOrDefault(ticker, []).Where(day => day.Stamp >= first && day.Stamp <= last).ToList();
        var answer = new Dictionary<string, object> { ["ticker"] = PolygonTicker ?? ticker, ["status"] = "OK", ["resultsCount"] = days.Count, ["adjusted"] = false };
        if (days.Count > 0)
            answer["results"] = days.Select(day => new { v = day.Volume, o = day.Price, c = day.Price, h = day.Price, l = day.Price, t = Unix(day.Stamp) * 1000 });
        return Results.Json(answer);
    }

    private IResult TickerEvents(string ticker)
    {
        if (!Events.TryGetValue(ticker, out var events))
            return Results.Json(new { status = "NOT_FOUND", message = "Ticker events not found" }, statusCode: 404);
        return Results.Json(new
        {
            status = "OK",
            results = new
            {
                name = "A company",
                events = events.Select(change => new { ticker_change = new { ticker = change.Ticker }, type = "ticker_change", date = change.Date }),
            },
        });
    }

    private IResult TickerDetails(string ticker)
    {
        Asked.Enqueue($"polygon {ticker}");
        return Details.TryGetValue(ticker, out var details)
            ? Results.Json(new { request_id = "1", results = details, status = "OK" })
            : Results.Json(new { status = "NOT_FOUND", request_id = "1", message = "Ticker not found." }, statusCode: 404);
    }

    private IResult ExchangeInfo(string symbol)
    {
        Asked.Enqueue($"binance {symbol}");
        return Pairs.Contains(symbol)
            ? Results.Json(new { timezone = "UTC", symbols = new[] { new { symbol, status = "TRADING" } } })
            : Results.Json(new { code = -1121, msg = "Invalid symbol." }, statusCode: 400);
    }

    private IResult Product(string product)
    {
        Asked.Enqueue($"coinbase {product}");
        return Products.Contains(product)
            ? Results.Json(new { id = product, base_currency = product.Split('-')[0], quote_currency = product.Split('-')[1], status = "online" })
            : Results.Json(new { message = "NotFound" }, statusCode: 404);
    }

    private IResult Chart(string symbol, long period1, long period2)
    {
        Asked.Enqueue($"yahoo {symbol}");
        if (!Yahoo.TryGetValue(symbol, out var chart))
        {
            var error = new { code = "Not Found", description = "No data found, symbol may be delisted" };
            return Results.Json(new { chart = new { result = (object?)null, error } }, statusCode: 404);
        }

        var days = chart.Days.Where(day => Unix(day.Stamp) >= period1 && Unix(day.Stamp) < period2).ToList();
        var prices = days.Select(day => day.Price).ToList();
        var quote = new { open = prices, high = prices, low = prices, close = prices, volume = days.Select(day => day.Volume) };
        var result = new Dictionary<string, object>
        {
            ["meta"] = Told(chart.Meta, symbol),
            ["timestamp"] = days.Select(day => Unix(day.Stamp)),
            ["indicators"] = new { quote = new[] { quote } },
        };
        if (Dividends.TryGetValue(symbol, out var dividends))
        {
            var within = dividends.Where(paid => Unix(paid.Stamp) >= period1 && Unix(paid.Stamp) < period2);
            result["events"] = new
            {
                dividends = within.ToDictionary(
                    paid => Unix(paid.Stamp).ToString(CultureInfo.InvariantCulture), paid => new { amount = paid.Amount, date = Unix(paid.Stamp) }),
            };
        }

        return Results.Json(new { chart = new { result = new[] { result }, error = (object?)null } });
    }

    private static Dictionary<string, object> Told(Meta meta, string symbol)
    {
        var told = new Dictionary<string, object> { ["symbol"] = meta.Symbol ?? symbol, ["dataGranularity"] = "1d" };
        foreach (var (name, value) in new (string, object?)[]
        {
            ("exchangeTimezoneName", meta.Zone), ("currency", meta.Currency), ("instrumentType", meta.Type), ("gmtoffset", meta.Offset),
        })
        {
            if (value is not null)
                told[name] = value;
        }

        return told;
    }

    private static DateTime Date(string text) => DateTime.ParseExact(
        text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static long Unix(DateTime instant) => new DateTimeOffset(instant).ToUnixTimeSeconds();
}
