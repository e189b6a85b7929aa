using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace MarketData.Simulator.Tests.Market;

/// <summary>What happens to shares and tickers in the simulated world, and what each provider tells of it.</summary>
public sealed class ShareEventTests(QuietSimulation quiet) : IClassFixture<QuietSimulation>
{
    private static readonly DateTimeOffset Start = Wire.Day(2000, 1, 3);

    private readonly Simulation _simulation = quiet.Simulation;

    [Theory]
    // A day apart.
    [InlineData("NVDA", "2021-07-20", new[] { "2021-07-20" }, new[] { "2021-07-19" })]
    // Two weeks apart.
    [InlineData("MA", "2014-01-22", new[] { "2014-01-22" }, new[] { "2014-01-07" })]
    // Not listed by Polygon; a spin-off is a split to Yahoo alone.
    [InlineData("GME", "2022-07-22", new[] { "2022-07-22" }, new string[0])]
    [InlineData("GE", "2023-01-04", new[] { "2023-01-04" }, new string[0])]
    // Reverse, and listed alike.
    [InlineData("GE", "2021-08-02", new[] { "2021-08-02" }, new[] { "2021-08-02" })]
    // Listed twice.
    [InlineData("SIMTWICE", "2024-05-01", new[] { "2024-05-01" }, new[] { "2024-05-01", "2024-05-02" })]
    // Corrected long since.
    [InlineData("SIMLATER", "2025-03-13", new[] { "2025-03-13" }, new[] { "2025-03-13" })]
    public async Task Providers_differ_about_a_split_and_the_price_knows(string symbol, string date, string[] yahoo, string[] polygon)
    {
        var day = DateOnly.Parse(date, CultureInfo.InvariantCulture);
        var (from, to) = (day.AddDays(-20), day.AddDays(20));

        var chart = (await _simulation.JsonAsync(Wire.Chart(symbol, "1d", Midnight(from), Midnight(to), "events=div%7Csplit"))).Result();
        var splits = chart["events"]!["splits"]!.AsObject().Select(split => split.Value!).ToList();
        var listed = (await _simulation.JsonAsync(
            $"/polygon/v3/reference/splits?ticker={symbol}&order=asc&execution_date.gte={from:yyyy-MM-dd}&execution_date.lte={to:yyyy-MM-dd}")).Results();
        var bars = (await _simulation.JsonAsync(Wire.Aggregates(symbol, "1/day", $"{from:yyyy-MM-dd}", $"{to:yyyy-MM-dd}", "limit=50000&adjusted=false"))).Results();

        splits.Select(split => Date((long)split["date"]!)).ShouldBe(yahoo);
        listed.Select(split => (string?)split!["execution_date"]).ShouldBe(polygon);
        var first = bars.TakeWhile(bar => DateOnly.FromDateTime(bar.Opens().UtcDateTime) < day).Count();
        var ratio = (double)splits[0]["numerator"]! / (double)splits[0]["denominator"]!;
        ((double)bars[first]!["o"]! / (double)bars[first - 1]!["c"]! * ratio).ShouldBeInRange(0.9, 1.1);
    }

    [Theory]
    [InlineData("2025-03-10T12:00:00Z", "2025-03-07")]
    [InlineData("2025-03-19T12:00:00Z", "2025-03-07")]
    [InlineData("2025-03-20T12:00:00Z", "2025-03-13")]
    public async Task Polygon_corrects_a_split_a_week_after_it(string now, string date)
    {
        await using var then = await Simulation.StartAsync("Now=" + now);

        var splits = (await then.JsonAsync("/polygon/v3/reference/splits?ticker=SIMLATER")).Results();

        splits.Select(split => (string?)split!["execution_date"]).ShouldBe([date]);
    }

    [Theory]
    [InlineData("TM", "JPY")]
    [InlineData("JNJ", "USD")]
    public async Task Polygon_tells_dividends_as_declared(string ticker, string currency)
    {
        var dividends = (await _simulation.JsonAsync($"/polygon/v3/reference/dividends?ticker={ticker}&limit=1000")).Results();
        var yahoo = await DividendsAsync(ticker);

        dividends.ShouldNotBeEmpty();
        dividends.ShouldAllBe(dividend => (string?)dividend!["currency"] == currency);
        yahoo.ShouldAllBe(dividend => dividend["currency"] == null);
        (((double)dividends[0]!["cash_amount"]!) / (double)yahoo[^1]["amount"]!).ShouldBeInRange(currency == "JPY" ? 150 : 0.999, currency == "JPY" ? 160 : 1.001);
    }

    [Theory]
    [InlineData("HSBA.L", "USD", 4)]
    [InlineData("EZJ.L", null, 1)]
    [InlineData("7203.T", null, 2)]
    public async Task Yahoo_tells_dividends_abroad_as_declared(string symbol, string? currency, int perYear)
    {
        var dividends = await DividendsAsync(symbol);

        dividends.ShouldAllBe(dividend => (string?)dividend["currency"] == currency);
        dividends.Count(dividend => Date((long)dividend["date"]!).StartsWith("2025", StringComparison.Ordinal)).ShouldBe(perYear);
    }

    [Fact]
    public async Task A_ticker_that_two_companies_have_had_gives_each_for_its_own_days()
    {
        var meta = await BarsAsync("META", "2021-01-01", "2026-03-06");
        var former = await BarsAsync("FB", "2021-01-01", "2026-03-06");
        var fund = await BarsAsync("METV", "2021-01-01", "2026-03-06");

        Days(meta).ShouldContain("2021-06-30");
        Days(meta).ShouldContain("2022-01-28");
        Days(meta).Where(day => string.CompareOrdinal(day, "2022-01-28") > 0).First().ShouldBe("2022-06-09");
        ((double)meta[0]!["c"]!).ShouldBeInRange(10, 20);
        Days(former)[^1].ShouldBe("2022-06-08");
        Days(fund)[0].ShouldBe("2022-01-31");
        var change = await TickerAsync("META");
        ((string?)change["name"], (bool)change["active"]!).ShouldBe(("Meta Platforms, Inc.", true));
        var old = await TickerAsync("FB");
        ((bool)old["active"]!, (string?)old["delisted_utc"]).ShouldBe((false, "2022-06-08T00:00:00Z"));
    }

    [Theory]
    [InlineData("GEN", new[] { "GEN 2022-11-08", "NLOK 2019-11-05", "SYMC 1989-06-23" })]
    [InlineData("NLOK", new[] { "GEN 2022-11-08", "NLOK 2019-11-05", "SYMC 1989-06-23" })]
    [InlineData("META", new[] { "META 2022-06-09", "FB 2012-05-18" })]
    [InlineData("METV", new[] { "METV 2022-01-31", "META 2021-06-30" })]
    [InlineData("DOW", new[] { "DOW 2019-03-20" })]
    public async Task Ticker_events_tell_what_a_company_was_listed_under(string ticker, string[] events)
    {
        var company = (await _simulation.JsonAsync($"/polygon/vX/reference/tickers/{ticker}/events"))["results"]!;

        company["events"]!.AsArray().Select(change => $"{change!["ticker_change"]!["ticker"]} {change["date"]}").ShouldBe(events);
    }

    [Fact]
    public async Task A_reused_ticker_has_a_gap_and_another_level()
    {
        var bars = await BarsAsync("DOW", "2017-08-01", "2019-04-30");
        var days = Days(bars);

        var next = days.IndexOf("2019-03-20");
        days[next - 1].ShouldBe("2017-08-31");
        ((double)bars[next - 1]!["c"]! / (double)bars[next]!["o"]!).ShouldBeGreaterThan(1.5);
        ((string?)(await TickerAsync("DOW"))["name"]).ShouldBe("Dow Inc.");
    }

    [Fact]
    public async Task What_is_delisted_has_history_at_Polygon_and_nothing_at_Yahoo()
    {
        var bars = await BarsAsync("TWTR", "2022-01-01", "2026-03-06");
        var ticker = await TickerAsync("TWTR");
        var chart = await _simulation.JsonAsync(Wire.Chart("TWTR", "1d", Wire.Day(2022, 1, 3), Wire.Day(2022, 12, 31)), HttpStatusCode.NotFound);

        Days(bars)[^1].ShouldBe("2022-10-27");
        ((bool)ticker["active"]!, (string?)ticker["delisted_utc"]).ShouldBe((false, "2022-10-27T00:00:00Z"));
        ((string?)chart["chart"]!["error"]!["description"]).ShouldBe("No data found, symbol may be delisted");
    }

    [Fact]
    public async Task What_will_be_delisted_trades_like_any_other()
    {
        await using var then = await Simulation.StartAsync("Now=2022-10-20T18:00:00Z");

        var chart = (await then.JsonAsync(Wire.Chart("TWTR", "1d", Wire.Day(2022, 10, 3), Wire.Day(2022, 10, 21)))).Result();
        var ticker = (await then.JsonAsync("/polygon/v3/reference/tickers/TWTR"))["results"]!;

        chart.Stamps().Length.ShouldBe(14);
        ((bool)ticker["active"]!).ShouldBeTrue();
    }

    private async Task<List<JsonNode>> DividendsAsync(string symbol)
    {
        var chart = (await _simulation.JsonAsync(Wire.Chart(symbol, "1d", Start, Simulation.Now, "events=div%7Csplit"))).Result();
        return [.. chart["events"]!["dividends"]!.AsObject().Select(dividend => dividend.Value!)];
    }

    private async Task<JsonArray> BarsAsync(string ticker, string from, string to) =>
        (await _simulation.JsonAsync(Wire.Aggregates(ticker, "1/day", from, to))).Results();

    private async Task<JsonNode> TickerAsync(string ticker) => (await _simulation.JsonAsync($"/polygon/v3/reference/tickers/{ticker}"))["results"]!;

    private static List<string> Days(JsonArray bars) => [.. bars.Select(bar => Date(bar.Opens().ToUnixTimeSeconds()))];

    private static string Date(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateTimeOffset Midnight(DateOnly date) => new(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}
