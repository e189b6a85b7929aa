using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>A daily series behind Polygon's and Yahoo's wire formats, written from their references and not with the project's simulator.</summary>
internal sealed class WireServer : IAsyncDisposable
{
    private const int PolygonPage = 1000;
    private static readonly TimeZoneInfo NewYork = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
    private readonly WebApplication _app;

    private WireServer(WebApplication app) => _app = app;

    /// <summary>One request's address and headers.</summary>
    public sealed record Seen(string Address, string? Authorization, string? UserAgent);

    public ConcurrentQueue<Seen> Requests { get; } = [];

    public string Address => _app.Urls.Single();

    public IReadOnlyList<(DateOnly ExDate, double From, double To)> Splits { get; set; } = [];

    /// <summary>What Yahoo tells beside <see cref="Splits"/>; its prices are adjusted by it where it can be.</summary>
    public IReadOnlyList<(DateOnly ExDate, double From, double To)> YahooSplits { get; set; } = [];

    /// <summary>What Polygon tells beside <see cref="Splits"/>.</summary>
    public IReadOnlyList<(DateOnly ExDate, double From, double To)> PolygonSplits { get; set; } = [];

    /// <summary>The currency in which Polygon tells of dividends.</summary>
    public string Currency { get; set; } = "USD";

    /// <summary>What Yahoo's prices are in.</summary>
    public string PriceUnit { get; set; } = "USD";

    /// <summary>How often a series was asked for weekly candles: Yahoo's begin on Tuesdays here.</summary>
    public int WeeksAsked => Requests.Count(request =>
        request.Address.Contains("/week/", StringComparison.Ordinal) || request.Address.Contains("interval=1wk", StringComparison.Ordinal));

    /// <summary>Whether Polygon knows nothing of the candles, all the same being well.</summary>
    public bool IsPolygonEmpty { get; set; }

    public IReadOnlyList<(DateOnly ExDate, double Amount)> Dividends { get; set; } = [];

    public static async Task<WireServer> StartAsync(
        IReadOnlyList<(DateTime Date, double Open, double High, double Low, double Close, double Volume)> bars, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var server = new WireServer(app);
        app.Use(async (context, next) =>
        {
            server.Requests.Enqueue(new Seen(
                context.Request.Path + context.Request.QueryString.ToString(), context.Request.Headers.Authorization, context.Request.Headers.UserAgent));
            await next(context);
        });
        app.MapGet(
            "/polygon/v2/aggs/ticker/{ticker}/range/1/day/{from}/{to}",
            (string ticker, string from, string to, int? cursor) => Polygon(server.IsPolygonEmpty ? [] : bars, ticker, from, to, cursor ?? 0));
        app.MapGet("/polygon/v3/reference/splits", () => Results.Json(new
        {
            results = server.Splits.Concat(server.PolygonSplits).Select(split => new { execution_date = Day(split.ExDate), split_from = split.From, split_to = split.To }),
            status = "OK",
        }));
        app.MapGet("/polygon/v3/reference/dividends", () => Results.Json(new
        {
            results = server.Dividends.Select(paid => new { ex_dividend_date = Day(paid.ExDate), cash_amount = paid.Amount, currency = server.Currency }),
            status = "OK",
        }));
        app.MapGet("/yahoo/v8/finance/chart/{symbol}", (string symbol, long period1, long period2, string interval) =>
        {
            var asked = interval == "1wk" ? [.. bars.Where(bar => bar.Date.DayOfWeek == DayOfWeek.Tuesday)] : bars;
            return server.Yahoo(asked, symbol, interval, period1, period2);
        });
        await app.StartAsync(cancellation);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static IResult Polygon(
        IReadOnlyList<(DateTime Date, double Open, double High, double Low, double Close, double Volume)> bars, string ticker, string from, string to, int cursor)
    {
        var (first, last) = (DateTime.Parse(from, CultureInfo.InvariantCulture), DateTime.Parse(to, CultureInfo.InvariantCulture));
        var within = bars.Where(bar => bar.Date >= first && bar.Date <= last).ToList();
        var page = within.Skip(cursor).Take(PolygonPage).ToList();
        var answer = new Dictionary<string, object> { ["ticker"] = ticker, ["status"] = "OK", ["resultsCount"] = page.Count, ["adjusted"] = false };
        if (page.Count > 0)
            answer["results"] = page.Select(bar => new { v = bar.Volume, o = bar.Open, c = bar.Close, h = bar.High, l = bar.Low, t = Local(bar.Date) * 1000 });
        // As the provider gives it: its own host, and no key.
        if (cursor + PolygonPage < within.Count)
            answer["next_url"] = string.Create(CultureInfo.InvariantCulture, $"https://api.polygon.io/v2/aggs/ticker/{ticker}/range/1/day/{from}/{to}?cursor={cursor + PolygonPage}");
        return Results.Json(answer);
    }

    private IResult Yahoo(
        IReadOnlyList<(DateTime Date, double Open, double High, double Low, double Close, double Volume)> bars, string symbol, string interval, long period1,
        long period2)
    {
        var page = bars.Where(bar => Stamp(bar.Date) >= period1 && Stamp(bar.Date) < period2).ToList();
        var splits = Splits.Concat(YahooSplits).Where(split => Stamp(split.ExDate) >= period1 && Stamp(split.ExDate) < period2).ToDictionary(
            split => Stamp(split.ExDate).ToString(CultureInfo.InvariantCulture),
            split => new { date = Stamp(split.ExDate), numerator = split.To, denominator = split.From });
        var result = new Dictionary<string, object>
        {
            ["meta"] = new { currency = PriceUnit, symbol, dataGranularity = interval },
            ["timestamp"] = page.Select(bar => Stamp(bar.Date)),
            ["indicators"] = new
            {
                quote = new[]
                {
                    new
                    {
                        open = page.Select(bar => bar.Open / Factor(bar.Date)), high = page.Select(bar => bar.High / Factor(bar.Date)),
                        low = page.Select(bar => bar.Low / Factor(bar.Date)), close = page.Select(bar => bar.Close / Factor(bar.Date)),
                        volume = page.Select(bar => bar.Volume * Factor(bar.Date)),
                    },
                },
            },
        };
        if (splits.Count > 0)
            result["events"] = new { splits };
        return Results.Json(new { chart = new { result = new[] { result }, error = (object?)null } }, JsonSerializerOptions.Web);
    }

    private double Factor(DateTime date) => Splits.Concat(YahooSplits)
        .Where(split => split.From > 0 && split.To > 0 && split.ExDate > DateOnly.FromDateTime(date))
        .Aggregate(1.0, (factor, split) => factor * split.To / split.From);

    private static long Local(DateTime date, double hours = 0) =>
        new DateTimeOffset(TimeZoneInfo.ConvertTimeToUtc(DateTime.SpecifyKind(date.Date.AddHours(hours), DateTimeKind.Unspecified), NewYork)).ToUnixTimeSeconds();

    // Yahoo stamps a day with the opening of its session.
    private static long Stamp(DateTime date) => Local(date, 9.5);

    private static string Day(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static long Stamp(DateOnly date) => Stamp(date.ToDateTime(TimeOnly.MinValue));
}
