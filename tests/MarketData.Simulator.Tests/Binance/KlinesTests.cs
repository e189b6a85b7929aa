using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MarketData.Simulator.Tests.Binance;

public sealed partial class KlinesTests(QuietSimulation quiet) : IClassFixture<QuietSimulation>
{
    private readonly Simulation _simulation = quiet.Simulation;

    [Fact]
    public async Task A_kline_has_twelve_values_prices_as_strings()
    {
        var klines = (await _simulation.JsonAsync(Wire.Klines("BTCUSDT", "1h", "limit=24"))).AsArray();

        klines.Count.ShouldBe(24);
        foreach (var kline in klines)
        {
            var values = kline!.AsArray();
            values.Select(value => value!.GetValueKind() == JsonValueKind.String ? 's' : 'n').ShouldBe("nsssssnsnsss");
            foreach (var text in new[] { 1, 2, 3, 4, 5, 7, 9, 10 }.Select(index => (string)values[index]!))
                EightDecimals().IsMatch(text).ShouldBeTrue(text);
            ((long)values[6]!).ShouldBe((long)values[0]! + 3_600_000 - 1);
            ((string?)values[11]).ShouldBe("0");
        }
    }

    [Fact]
    public async Task The_weight_used_is_in_the_headers()
    {
        using var response = await _simulation.GetAsync(Wire.Klines("BTCUSDT", "1h", "limit=1"));

        var used = int.Parse(response.Headers.GetValues("x-mbx-used-weight-1m").Single(), CultureInfo.InvariantCulture);
        used.ShouldBeGreaterThanOrEqualTo(2);
        response.Headers.GetValues("x-mbx-used-weight").Single().ShouldBe(used.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task The_last_kline_is_still_open()
    {
        // 18:00 is a new hour's first instant: the four hours from 16:00 run on.
        var last = (await _simulation.JsonAsync(Wire.Klines("BTCUSDT", "4h", "limit=1"))).AsArray().Single()!;

        Instant(last[0]).ShouldBe(Simulation.Now.AddHours(-2));
        Instant(last[6]).ShouldBeGreaterThan(Simulation.Now);
    }

    [Fact]
    public async Task At_most_a_thousand_come_at_once_and_startTime_goes_on()
    {
        var start = Wire.Day(2026, 3, 1).ToUnixTimeMilliseconds();
        var first = (await _simulation.JsonAsync(Wire.Klines("ETHUSDT", "5m", $"startTime={start}&limit=5000"))).AsArray();
        var second = (await _simulation.JsonAsync(Wire.Klines("ETHUSDT", "5m", $"startTime={(long)first[^1]![6]! + 1}&limit=5000"))).AsArray();

        first.Count.ShouldBe(1000);
        ((long)first[0]![0]!).ShouldBe(start);
        ((long)second[0]![0]!).ShouldBe((long)first[^1]![0]! + 300_000);
    }

    [Fact]
    public async Task Without_a_limit_500_come()
    {
        (await _simulation.JsonAsync(Wire.Klines("ETHUSDT", "5m"))).AsArray().Count.ShouldBe(500);
    }

    [Fact]
    public async Task Before_its_listing_a_pair_has_no_klines()
    {
        var (start, end) = (Wire.Day(2020, 8, 1).ToUnixTimeMilliseconds(), Wire.Day(2020, 8, 13).ToUnixTimeMilliseconds() - 1);

        var klines = (await _simulation.JsonAsync(Wire.Klines("SOLUSDT", "1d", $"startTime={start}&endTime={end}"))).AsArray();

        klines.Select(kline => Instant(kline![0])).ShouldBe([Wire.Day(2020, 8, 11), Wire.Day(2020, 8, 12)]);
    }

    [Fact]
    public async Task A_week_begins_on_Monday()
    {
        var week = (await _simulation.JsonAsync(Wire.Klines("BTCUSDT", "1w", "limit=1"))).AsArray().Single()!;

        Instant(week[0]).ShouldBe(Wire.Day(2026, 3, 9));
    }

    [Theory]
    [InlineData("symbol=NOPEUSDT&interval=1d", -1121)]
    [InlineData("symbol=btcusdt&interval=1d", -1100)]
    [InlineData("interval=1d", -1102)]
    [InlineData("symbol=BTCUSDT", -1102)]
    [InlineData("symbol=BTCUSDT&interval=7m", -1120)]
    [InlineData("symbol=BTCUSDT&interval=1d&startTime=soon", -1100)]
    [InlineData("symbol=BTCUSDT&interval=1d&limit=0", -1130)]
    public async Task Errors_are_a_code_and_a_sentence(string query, int code)
    {
        var answer = await _simulation.JsonAsync("/binance/api/v3/klines?" + query, HttpStatusCode.BadRequest);

        answer.Names().ShouldBe(["code", "msg"]);
        ((int)answer["code"]!).ShouldBe(code);
    }

    [Fact]
    public async Task Who_goes_on_after_429_is_banned()
    {
        await using var simulation = await Simulation.StartAsync("RequestsPerMinute:binance=3");
        var path = Wire.Klines("BTCUSDT", "1d", "limit=1");
        for (var allowed = 0; allowed < 3; allowed++)
            await simulation.JsonAsync(path);

        using var refused = await simulation.GetAsync(path);
        var statuses = new List<HttpStatusCode>();
        for (var further = 0; further < 12; further++)
        {
            using var response = await simulation.GetAsync(path);
            statuses.Add(response.StatusCode);
        }

        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 60);
        ((int)JsonNode.Parse(await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["code"]!).ShouldBe(-1003);
        statuses[0].ShouldBe(HttpStatusCode.TooManyRequests);
        ((int)statuses[^1]).ShouldBe(418);
        (await simulation.JsonAsync(path, (HttpStatusCode)418))["msg"]!.ToString().ShouldContain("IP banned until");
    }

    private static DateTimeOffset Instant(JsonNode? milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds!);

    [GeneratedRegex(@"^\d+\.\d{8}$")]
    private static partial Regex EightDecimals();
}
