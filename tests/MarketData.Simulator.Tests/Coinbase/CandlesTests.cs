using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MarketData.Simulator.Tests.Coinbase;

public sealed class CandlesTests(QuietSimulation quiet) : IClassFixture<QuietSimulation>
{
    private readonly Simulation _simulation = quiet.Simulation;

    [Fact]
    public async Task A_candle_has_six_numbers_and_the_newest_comes_first()
    {
        var candles = await CandlesAsync(3600, Wire.Day(2026, 3, 1), Wire.Day(2026, 3, 2));

        candles.Count.ShouldBe(25);
        candles.Select(Opens).ShouldBe(Enumerable.Range(0, 25).Select(hour => Wire.Day(2026, 3, 2).AddHours(-hour)));
        foreach (var values in candles.Select(candle => candle!.AsArray()))
        {
            values.ShouldAllBe(value => value!.GetValueKind() == JsonValueKind.Number);
            values.Count.ShouldBe(6);
            var (low, high, open, close) = ((double)values[1]!, (double)values[2]!, (double)values[3]!, (double)values[4]!);
            low.ShouldBeLessThanOrEqualTo(Math.Min(open, close));
            high.ShouldBeGreaterThanOrEqualTo(Math.Max(open, close));
        }
    }

    [Fact]
    public async Task Both_ends_are_included_by_the_bar_that_they_are_in()
    {
        var candles = await CandlesAsync(3600, Wire.Day(2026, 3, 1).AddMinutes(20), Wire.Day(2026, 3, 1).AddMinutes(130));

        candles.Select(Opens).ShouldBe([Wire.Day(2026, 3, 1).AddHours(2), Wire.Day(2026, 3, 1).AddHours(1), Wire.Day(2026, 3, 1)]);
    }

    [Fact]
    public async Task Three_hundred_come_at_once_and_a_longer_range_is_refused()
    {
        var start = Wire.Day(2026, 3, 1);
        (await CandlesAsync(300, start, start.AddMinutes(5 * 299))).Count.ShouldBe(300);
        (await CandlesAsync(300, start, start.AddMinutes(5 * 300))).Select(Opens).Min().ShouldBe(start.AddMinutes(5));

        var refusal = await _simulation.JsonAsync(Wire.ProductCandles("BTC-USD", 300, start, start.AddMinutes(5 * 301)), HttpStatusCode.BadRequest);
        refusal.Names().ShouldBe(["message"]);
        ((string)refusal["message"]!).ShouldBe("granularity too small for the requested time range. Count of aggregations requested exceeds 300");
    }

    [Fact]
    public async Task Without_a_range_the_last_three_hundred_come_with_the_forming_one()
    {
        var candles = (await _simulation.JsonAsync("/coinbase/products/ETH-USD/candles?granularity=86400&start=2026-01-01T00:00:00Z")).AsArray();

        candles.Count.ShouldBe(300);
        Opens(candles[0]).ShouldBe(Wire.Day(2026, 3, 11));
    }

    [Fact]
    public async Task A_pair_tells_its_currencies_and_whether_it_is_traded()
    {
        var product = await _simulation.JsonAsync("/coinbase/products/BTC-USD");

        new[] { "id", "base_currency", "quote_currency", "status" }.Select(name => (string?)product[name]).ShouldBe(["BTC-USD", "BTC", "USD", "online"]);
    }

    [Theory]
    [InlineData("/coinbase/products/NOPE-USD", HttpStatusCode.NotFound, "NotFound")]
    [InlineData("/coinbase/products/AAPL/candles?granularity=86400", HttpStatusCode.NotFound, "NotFound")]
    [InlineData("/coinbase/products/btc-usd/candles?granularity=86400", HttpStatusCode.NotFound, "NotFound")]
    [InlineData("/coinbase/products/BTC-USD/candles?granularity=1800", HttpStatusCode.BadRequest, "Unsupported granularity")]
    [InlineData("/coinbase/products/BTC-USD/candles?granularity=300&start=soon&end=later", HttpStatusCode.BadRequest, "Invalid time range")]
    public async Task Errors_are_a_sentence(string path, HttpStatusCode status, string message) =>
        (await _simulation.JsonAsync(path, status))["message"]!.ToString().ShouldBe(message);

    [Fact]
    public async Task Who_does_not_say_who_he_is_is_refused()
    {
        using var http = new HttpClient { BaseAddress = _simulation.Http.BaseAddress };
        using var response = await http.GetAsync("/coinbase/products/BTC-USD", TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("""{"message":"User-Agent header is required."}""");
    }

    [Fact]
    public async Task Beyond_its_quota_it_answers_429_and_never_bans()
    {
        await using var simulation = await Simulation.StartAsync("RequestsPerMinute:coinbase=2");
        for (var request = 0; request < 15; request++)
        {
            using var response = await simulation.GetAsync("/coinbase/products/BTC-USD");
            response.StatusCode.ShouldBe(request < 2 ? HttpStatusCode.OK : HttpStatusCode.TooManyRequests);
        }

        (await simulation.JsonAsync("/coinbase/products/BTC-USD", HttpStatusCode.TooManyRequests))["message"]!.ToString().ShouldBe("Public rate limit exceeded");
    }

    [Fact]
    public async Task It_sees_the_market_that_the_others_see_and_lacks_what_nobody_traded()
    {
        await using var simulation = await Simulation.StartAsync("Oddities=true");
        var (start, missing) = (Wire.Day(2026, 2, 1), 0);
        for (var page = start; page < start.AddDays(20); page = page.AddMinutes(5 * 300))
            missing += 300 - (await simulation.JsonAsync(Wire.ProductCandles("ETH-USD", 300, page, page.AddMinutes(5 * 299)))).AsArray().Count;
        missing.ShouldBeInRange(1, 40);

        var day = (await simulation.JsonAsync(Wire.ProductCandles("BTC-USD", 86400, start, start))).AsArray().Single()!;
        var kline = (await simulation.JsonAsync(Wire.Klines("BTCUSDT", "1d", $"startTime={start.ToUnixTimeMilliseconds()}&limit=1"))).AsArray().Single()!;
        var other = double.Parse((string)kline[4]!, System.Globalization.CultureInfo.InvariantCulture);
        ((double)day[4]! / other).ShouldBe(1, 0.001);
    }

    private async Task<JsonArray> CandlesAsync(int granularity, DateTimeOffset start, DateTimeOffset end) =>
        (await _simulation.JsonAsync(Wire.ProductCandles("BTC-USD", granularity, start, end))).AsArray();

    private static DateTimeOffset Opens(JsonNode? candle) => DateTimeOffset.FromUnixTimeSeconds((long)candle![0]!);
}
