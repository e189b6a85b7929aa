using System.Globalization;
using System.Text.Json.Nodes;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Tests.Resilience;
using Microsoft.AspNetCore.Http;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>
/// Polygon's and Yahoo's daily bars, written from their references: the same quiet bars for every symbol, until a test says that a
/// provider answers a symbol otherwise.
/// </summary>
internal sealed class WireMarket : IAsyncDisposable
{
    private static readonly TimeZoneInfo NewYork = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
    private readonly List<(string Provider, string Symbol, DateTime From)> _asked = [];
    private ScriptedProvider? _server;

    /// <summary>Answers Polygon's aggregates otherwise, by ticker and first day; null where it answers as usual.</summary>
    public Func<string, DateTime, (int Status, string Body)?> Polygon { get; set; } = (_, _) => null;

    /// <summary>Answers Yahoo's chart otherwise, by symbol; null where it answers as usual.</summary>
    public Func<string, (int Status, string Body)?> Yahoo { get; set; } = _ => null;

    /// <summary>Changes Yahoo's usual answer.</summary>
    public Func<string, JsonNode, string> YahooEdit { get; set; } = (_, chart) => chart.ToJsonString();

    /// <summary>Changes Polygon's usual answer.</summary>
    public Func<string, JsonNode, string> PolygonEdit { get; set; } = (_, page) => page.ToJsonString();

    /// <summary>After this day there are no bars.</summary>
    public DateTime Last { get; set; } = DateTime.MaxValue;

    public double Volume { get; set; } = 1000;

    public string Address => _server!.Address.ToString();

    /// <summary>What was asked for bars, and from when on.</summary>
    public IReadOnlyList<(string Provider, string Symbol, DateTime From)> Asked
    {
        get
        {
            lock (_asked)
                return [.. _asked];
        }
    }

    public static async Task<WireMarket> StartAsync()
    {
        var market = new WireMarket();
        market._server = await ScriptedProvider.StartAsync((context, _) => market.AnswerAsync(context));
        return market;
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    public static (int Status, string Body) EmptyPage =>
        (200, """{"status":"OK","resultsCount":0,"queryCount":0,"adjusted":false}""");

    public static (int Status, string Body) YahooUnknown =>
        (404, """{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found, symbol may be delisted"}}}""");

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Trim('/').Split('/');
        var (status, body) = path switch
        {
            ["polygon", "v2", "aggs", "ticker", var ticker, "range", "1", "day", var from, var to] =>
                AnswerPolygon(ticker, Day(from), Day(to)),
            ["yahoo", "v8", "finance", "chart", var symbol] => AnswerYahoo(
                symbol, Instant(context.Request.Query["period1"]!), Instant(context.Request.Query["period2"]!)),
            ["polygon", "v3", ..] => (200, """{"status":"OK","results":[]}"""),
            _ => (400, """{"status":"ERROR","error":"not served here"}"""),
        };
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    }

    private (int, string) AnswerPolygon(string ticker, DateTime from, DateTime to)
    {
        Note("polygon", ticker, from);
        if (Polygon(ticker, from) is { } otherwise)
            return otherwise;
        var rows = Days(from, to.AddDays(1)).Select(day => (JsonNode)new JsonObject
        {
            ["v"] = Volume,
            ["o"] = 100.5,
            ["h"] = 102,
            ["l"] = 99,
            ["c"] = Close(day),
            ["t"] = Stamp(day, 0) * 1000,
        });
        var page = new JsonObject { ["ticker"] = ticker, ["status"] = "OK", ["results"] = new JsonArray([.. rows]) };
        return (200, PolygonEdit(ticker, page));
    }

    private (int, string) AnswerYahoo(string symbol, DateTime from, DateTime to)
    {
        Note("yahoo", symbol, from);
        if (Yahoo(symbol) is { } otherwise)
            return otherwise;
        var days = Days(from.Date, to).Where(day => Stamp(day, 9.5) >= Seconds(from) && Stamp(day, 9.5) < Seconds(to)).ToList();
        JsonArray Column(Func<DateTime, double> value) => new([.. days.Select(day => (JsonNode)value(day))]);
        var result = new JsonObject
        {
            ["meta"] = new JsonObject { ["currency"] = "USD", ["symbol"] = symbol, ["dataGranularity"] = "1d" },
            ["timestamp"] = new JsonArray([.. days.Select(day => (JsonNode)Stamp(day, 9.5))]),
            ["indicators"] = new JsonObject
            {
                ["quote"] = new JsonArray(new JsonObject
                {
                    ["open"] = Column(_ => 100.5),
                    ["high"] = Column(_ => 102),
                    ["low"] = Column(_ => 99),
                    ["close"] = Column(Close),
                    ["volume"] = Column(_ => Volume),
                }),
            },
        };
        var chart = new JsonObject { ["chart"] = new JsonObject { ["result"] = new JsonArray(result), ["error"] = null } };
        return (200, YahooEdit(symbol, chart));
    }

    private IEnumerable<DateTime> Days(DateTime from, DateTime to) =>
        TradingCalendar.UsEquities.Expected(from, to, BarInterval.OneDay).Where(day => day <= Last);

    private void Note(string provider, string symbol, DateTime from)
    {
        lock (_asked)
            _asked.Add((provider, symbol, from));
    }

    private static double Close(DateTime day) => 100 + day.DayOfYear % 7 * 0.1;

    private static DateTime Day(string text) => DateTime.ParseExact(
        text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static DateTime Instant(string seconds) => DateTime.UnixEpoch.AddSeconds(long.Parse(seconds, CultureInfo.InvariantCulture));

    private static long Seconds(DateTime instant) => new DateTimeOffset(instant).ToUnixTimeSeconds();

    private static long Stamp(DateTime day, double hours) =>
        Seconds(TimeZoneInfo.ConvertTimeToUtc(DateTime.SpecifyKind(day.Date.AddHours(hours), DateTimeKind.Unspecified), NewYork));
}
