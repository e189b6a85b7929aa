using System.Globalization;
using System.Text;
using MarketData.Benchmarks.Parsing;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace MarketData.Benchmarks.Runs;

/// <summary>
/// A provider that speaks Yahoo's or Alpaca's wire format, takes the same time for every answer, and counts what it is asked. It knows the
/// daily bars of the last months, the same for every symbol.
/// </summary>
internal sealed class WireHost : IAsyncDisposable
{
    /// <summary>Days of history that it has.</summary>
    public const int History = 150;

    private static readonly TimeZoneInfo NewYork = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");

    private readonly WebApplication _host;
    private readonly Candle[] _candles;
    private int _requests;

    private WireHost(string provider, TimeSpan delay, TimeProvider time)
    {
        var end = time.GetUtcNow().UtcDateTime;
        var count = TradingCalendar.UsEquities.Expected(end.Date.AddDays(-History), end, BarInterval.OneDay).Count();
        _candles = RandomWalk.Candles(AssetClass.Stock, BarInterval.OneDay, count, start: end.Date.AddDays(-History));
        Provider = provider;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _host = builder.Build();
        _host.Use(async (context, next) =>
        {
            Interlocked.Increment(ref _requests);
            if (delay > TimeSpan.Zero)
                await Task.Delay(delay, time, context.RequestAborted);
            await next(context);
        });
    }

    /// <summary>Whose format it speaks, as settings spell it.</summary>
    public string Provider { get; }

    /// <summary>Where it answers.</summary>
    public Uri Address => new(_host.Urls.First());

    /// <summary>Requests so far.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>How many of the newest bars Alpaca's format is not told of yet.</summary>
    public int Withheld { get; set; }

    /// <summary>One that speaks Yahoo's.</summary>
    public static Task<WireHost> YahooAsync(TimeSpan delay, CancellationToken cancellation)
    {
        var host = new WireHost("Yahoo", delay, TimeProvider.System);
        var chart = Encoding.UTF8.GetString(WireBodies.Yahoo(host._candles, "1d"));
        // Of whom an answer is, is checked.
        host._host.MapGet("/v8/finance/chart/{symbol}", context => WriteAsync(
            context, chart.Replace("\"AAPL\"", $"\"{context.GetRouteValue("symbol")}\"", StringComparison.Ordinal)));
        return host.StartedAsync(cancellation);
    }

    /// <summary>One that speaks Alpaca's, for as many symbols at once as are named.</summary>
    public static Task<WireHost> AlpacaAsync(TimeSpan delay, CancellationToken cancellation)
    {
        var host = new WireHost("Alpaca", delay, TimeProvider.System);
        host._host.MapGet("/v2/stocks/bars", context => WriteAsync(context, host.Bars(context.Request.Query)));
        host._host.MapGet("/v1/corporate-actions", context => WriteAsync(context, """{"corporate_actions":{},"next_page_token":null}"""));
        return host.StartedAsync(cancellation);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task<WireHost> StartedAsync(CancellationToken cancellation)
    {
        await _host.StartAsync(cancellation);
        return this;
    }

    private string Bars(IQueryCollection query)
    {
        var (from, to) = (Instant(query["start"]!), Instant(query["end"]!));
        var bars = _candles.SkipLast(Withheld)
            .Select(candle => (Candle: candle, At: TimeZoneInfo.ConvertTimeToUtc(DateTime.SpecifyKind(candle.Timestamp, DateTimeKind.Unspecified), NewYork)))
            .Where(bar => bar.At >= from && bar.At <= to)
            .Select(bar => string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"c":{{bar.Candle.Close}},"h":{{bar.Candle.High}},"l":{{bar.Candle.Low}},"n":{{bar.Candle.TradeCount}},"o":{{bar.Candle.Open}},"t":"{{bar.At:yyyy-MM-ddTHH:mm:ssZ}}","v":{{bar.Candle.Volume}},"vw":{{bar.Candle.Vwap}}}"""));
        var series = "[" + string.Join(',', bars) + "]";
        return $$"""{"bars":{{{string.Join(',', query["symbols"].ToString().Split(',').Select(symbol => $"\"{symbol}\":{series}"))}}},"next_page_token":null}""";
    }

    private static DateTime Instant(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static async Task WriteAsync(HttpContext context, string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
