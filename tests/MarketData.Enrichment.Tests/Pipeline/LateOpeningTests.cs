using MarketData.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>Days on which an exchange opened late: longer bars count from the regular opening, and the first of them is a part of one.</summary>
public sealed class LateOpeningTests(PostgresServer server) : PipelineTests(server)
{
    [Theory]
    [InlineData("1h", "14:30 15:30 16:30 17:30 18:30 19:30")]
    [InlineData("4h", "13:30 17:30")]
    [InlineData("30m", "15:00 15:30 16:00 16:30 17:00 17:30 18:00 18:30 19:00 19:30")]
    public async Task New_Yorks_part_bars_of_a_late_opening_are_kept_and_nothing_is_missing(string timeframe, string bars)
    {
        // On the first anniversary of the attacks trading began at 11:00.
        await using var wire = await StartAsync(
            TimeSpan.FromMinutes(30), (Utc(2002, 9, 10, 13, 30), 13), (Utc(2002, 9, 11, 15, 0), 10), (Utc(2002, 9, 12, 13, 30), 13));
        await ConfigureAsync(("Providers:Polygon:BaseUrl", wire.Urls.Single() + "/polygon"), ("Providers:Yahoo:Enabled", "false"));
        await TrackAsync("IBM", "stock", timeframe);
        var job = await EnrichAsync("IBM", Utc(2002, 9, 10), Utc(2002, 9, 12, 21, 0));

        job.Status.ShouldBe("succeeded", job.Message);
        await CheckAsync("IBM", timeframe, Utc(2002, 9, 11), bars);
        var first = (await CandlesAsync("IBM", timeframe)).First(candle => candle.Ts >= Utc(2002, 9, 11));
        first.Open.ShouldBe(100);
    }

    [Fact]
    public async Task Seouls_part_bars_of_an_examination_day_are_kept_and_nothing_is_missing()
    {
        // On the day of the university entrance examination the session is an hour later: 10:00 to 16:30.
        await using var wire = await StartAsync(
            TimeSpan.FromHours(1), (Utc(2025, 11, 12, 0, 0), 7), (Utc(2025, 11, 13, 1, 0), 7), (Utc(2025, 11, 14, 0, 0), 7));
        await ConfigureAsync(("Providers:Yahoo:BaseUrl", wire.Urls.Single() + "/yahoo"), ("Providers:Polygon:Enabled", "false"));
        await TrackAsync("005930.KS", "stock", "4h");
        var job = await EnrichAsync("005930.KS", Utc(2025, 11, 12), Utc(2025, 11, 15));

        job.Status.ShouldBe("succeeded", job.Message);
        await CheckAsync("005930.KS", "4h", Utc(2025, 11, 13), "00:00 04:00");
    }

    private async Task CheckAsync(string symbol, string timeframe, DateTime day, string bars)
    {
        (await CandlesAsync(symbol, timeframe)).Where(candle => candle.Ts.Date == day).Select(candle => candle.Ts.ToString("HH:mm"))
            .ShouldBe(bars.Split(' '));
        (await ScalarAsync<long>("SELECT count(*) FROM gaps")).ShouldBe(0);
        (await ScalarAsync<long>("SELECT count(*) FROM rejected_candles")).ShouldBe(0);
        (await ScalarAsync<bool>("SELECT records = expected_records FROM series")).ShouldBeTrue();
        (await ScalarAsync<long>("SELECT count(*) FROM candles WHERE gap_detected")).ShouldBe(0);
    }

    // So many bars from each opening on, in the wire formats of Polygon and of Yahoo.
    private static async Task<WebApplication> StartAsync(TimeSpan length, params (DateTime Opening, int Bars)[] sessions)
    {
        var stamps = sessions
            .SelectMany(session => Enumerable.Range(0, session.Bars).Select(bar => Seconds(session.Opening + (bar * length))))
            .ToList();
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/polygon/v2/aggs/ticker/{ticker}/range/30/minute/{from}/{to}", (string ticker, long from, long to) => Results.Json(new
        {
            ticker,
            status = "OK",
            results = stamps.Where(stamp => stamp * 1000 >= from && stamp * 1000 <= to)
                .Select(stamp => new { t = stamp * 1000, o = 100.0, h = 102.0, l = 99.0, c = 101.0, v = 1000.0 }),
        }));
        app.MapGet("/polygon/v3/reference/{events}", () => Results.Json(new { results = Array.Empty<object>(), status = "OK" }));
        app.MapGet("/yahoo/v8/finance/chart/{symbol}", (string symbol, long period1, long period2, string interval) =>
        {
            var within = interval == "1h" ? stamps.Where(stamp => stamp >= period1 && stamp < period2).ToList() : [];
            var quote = new
            {
                open = within.Select(_ => 100.0),
                high = within.Select(_ => 102.0),
                low = within.Select(_ => 99.0),
                close = within.Select(_ => 101.0),
                volume = within.Select(_ => 1000.0),
            };
            var meta = new
            {
                currency = "KRW",
                symbol,
                exchangeTimezoneName = "Asia/Seoul",
                gmtoffset = 32400,
                instrumentType = "EQUITY",
                dataGranularity = interval,
            };
            var series = new { meta, timestamp = within, indicators = new { quote = new[] { quote } } };
            return Results.Json(new { chart = new { result = new[] { series } } });
        });
        await app.StartAsync(Cancellation);
        return app;
    }

    private static long Seconds(DateTime instant) => new DateTimeOffset(instant).ToUnixTimeSeconds();

    private static DateTime Utc(int year, int month, int day, int hour = 0, int minute = 0) =>
        new(year, month, day, hour, minute, 0, DateTimeKind.Utc);
}
