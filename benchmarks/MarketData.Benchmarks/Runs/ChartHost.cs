using System.Text;
using MarketData.Benchmarks.Parsing;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace MarketData.Benchmarks.Runs;

/// <summary>A provider that speaks Yahoo's wire format, takes the same time for every answer, and counts what it is asked.</summary>
internal sealed class ChartHost : IAsyncDisposable
{
    /// <summary>Days of history that it has.</summary>
    public const int History = 150;

    private readonly WebApplication _host;
    private int _requests;

    private ChartHost(WebApplication host) => _host = host;

    /// <summary>Where it answers.</summary>
    public Uri Address => new(_host.Urls.First());

    /// <summary>Requests so far.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Starts one that knows the daily bars of the last months, the same for every symbol.</summary>
    public static async Task<ChartHost> StartAsync(TimeSpan delay, TimeProvider time, CancellationToken cancellation)
    {
        var end = time.GetUtcNow().UtcDateTime;
        var count = TradingCalendar.UsEquities.Expected(end.Date.AddDays(-History), end, BarInterval.OneDay).Count();
        var candles = RandomWalk.Candles(AssetClass.Stock, BarInterval.OneDay, count, start: end.Date.AddDays(-History));
        var chart = Encoding.UTF8.GetString(WireBodies.Yahoo(candles, "1d"));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var host = new ChartHost(builder.Build());
        host._host.MapGet("/v8/finance/chart/{symbol}", async context =>
        {
            Interlocked.Increment(ref host._requests);
            if (delay > TimeSpan.Zero)
                await Task.Delay(delay, time, context.RequestAborted);
            // Of whom an answer is, is checked.
            var body = Encoding.UTF8.GetBytes(chart.Replace("\"AAPL\"", $"\"{context.GetRouteValue("symbol")}\"", StringComparison.Ordinal));
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        });
        await host._host.StartAsync(cancellation);
        return host;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
