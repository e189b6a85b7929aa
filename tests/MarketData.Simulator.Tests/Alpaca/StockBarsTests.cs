using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MarketData.Simulator.Tests.Alpaca;

public sealed class StockBarsTests(QuietSimulation quiet) : IClassFixture<QuietSimulation>
{
    private readonly Simulation _simulation = quiet.Simulation;

    [Fact]
    public async Task Answers_have_Alpacas_members_and_types()
    {
        var answer = await _simulation.JsonAsync(Wire.StockBars("MSFT,AAPL", "1Day", "2026-01-05", "2026-01-31"));

        answer.Names().ShouldBe(["bars", "next_page_token", "currency"]);
        ((string?)answer["currency"]).ShouldBe("USD");
        answer["next_page_token"].ShouldBeNull();
        answer["bars"].Names().ShouldBe(["AAPL", "MSFT"]);
        // January 5 to 30 without Martin Luther King's day.
        answer["bars"]!["AAPL"]!.AsArray().Count.ShouldBe(19);
        var bar = answer["bars"]!["AAPL"]![0]!;
        bar.Names().ShouldBe(["c", "h", "l", "n", "o", "t", "v", "vw"]);
        // A day is stamped with New York's midnight.
        ((string?)bar["t"]).ShouldBe("2026-01-05T05:00:00Z");
        bar.AsObject().Where(member => member.Key != "t").ShouldAllBe(member => member.Value!.GetValueKind() == JsonValueKind.Number);
    }

    [Fact]
    public async Task Days_are_those_that_Polygon_shows()
    {
        var alpaca = (await _simulation.JsonAsync(Wire.StockBars("AAPL", "1Day", "2020-08-27", "2020-09-02")))["bars"]!["AAPL"]!.AsArray();
        var polygon = (await _simulation.JsonAsync(Wire.Aggregates("AAPL", "1/day", "2020-08-27", "2020-09-01", "adjusted=false"))).Results();

        alpaca.Count.ShouldBe(4);
        foreach (var field in (string[])["o", "h", "l", "c", "v"])
            alpaca.Select(bar => (double)bar![field]!).ShouldBe(polygon.Select(bar => (double)bar![field]!), field);
    }

    [Theory]
    [InlineData("1Day", "2026-01-05", "2026-02-27", 25)]
    [InlineData("30Min", "2026-02-02", "2026-02-06", 37)]
    public async Task Pages_count_the_bars_of_all_symbols_and_hold_them_symbol_by_symbol(string timeframe, string from, string to, int limit)
    {
        var whole = (await _simulation.JsonAsync(Wire.StockBars("AAPL,JPM,MSFT", timeframe, from, to)))["bars"]!;

        var (pages, joined, token) = (0, new Dictionary<string, List<string>>(), (string?)null);
        do
        {
            var page = await _simulation.JsonAsync(Wire.StockBars("AAPL,JPM,MSFT", timeframe, from, to, $"limit={limit}&page_token={token}"));
            page["bars"]!.AsObject().Sum(one => one.Value!.AsArray().Count).ShouldBeLessThanOrEqualTo(limit);
            foreach (var (symbol, bars) in page["bars"]!.AsObject())
                (joined.TryGetValue(symbol, out var list) ? list : joined[symbol] = []).AddRange(bars!.AsArray().Select(bar => bar!.ToJsonString()));
            token = (string?)page["next_page_token"];
            pages++;
        }
        while (token is not null);

        pages.ShouldBeGreaterThan(3);
        joined.Keys.ShouldBe(["AAPL", "JPM", "MSFT"]);
        foreach (var (symbol, bars) in joined)
            bars.ShouldBe(whole[symbol]!.AsArray().Select(bar => bar!.ToJsonString()), symbol);
    }

    [Fact]
    public async Task A_symbol_without_bars_is_not_in_the_answer()
    {
        var answer = await _simulation.JsonAsync(Wire.StockBars("AAPL,NOSUCH,BTC", "1Day", "2026-01-05", "2026-01-31"));

        answer["bars"].Names().ShouldBe(["AAPL"]);
        (await _simulation.JsonAsync(Wire.StockBars("AAPL", "1Day", "2015-01-05", "2015-12-31")))["bars"].Names().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_last_fifteen_minutes_are_of_another_plan_unless_they_are_of_IEX()
    {
        // 14:00 in New York.
        var refused = await _simulation.JsonAsync(Wire.StockBars("AAPL", "5Min", "2026-03-11", "2026-03-11T17:50:00Z"), HttpStatusCode.Forbidden);
        ((string?)refused["message"]).ShouldBe("subscription does not permit querying recent SIP data");

        await _simulation.JsonAsync(Wire.StockBars("AAPL", "5Min", "2026-03-11", "2026-03-11T17:45:00Z"));
        await _simulation.JsonAsync(Wire.StockBars("AAPL", "5Min", "2026-03-11", "2026-03-11T17:50:00Z", "feed=iex"));
    }

    [Fact]
    public async Task Bars_within_the_day_include_those_before_and_after_the_session()
    {
        var bars = (await _simulation.JsonAsync(Wire.StockBars("AAPL", "5Min", "2026-02-03T05:00:00Z", "2026-02-04T04:59:59Z")))["bars"]!["AAPL"]!.AsArray();
        var stamps = bars.Select(bar => DateTimeOffset.Parse((string)bar!["t"]!, null)).ToList();

        stamps[0].ShouldBeLessThan(Wire.Day(2026, 2, 3).AddHours(14.5));
        stamps[^1].ShouldBeGreaterThan(Wire.Day(2026, 2, 3).AddHours(21));
    }

    [Fact]
    public async Task A_name_means_the_company_that_had_it_as_of_a_day()
    {
        async Task<JsonObject> AskAsync(string asOf) =>
            (await _simulation.JsonAsync(Wire.StockBars("META,FB", "1Day", "2022-01-24", "2022-06-16", $"asof={asOf}")))["bars"]!.AsObject();
        var (today, before, each) = (await AskAsync("2026-03-10"), await AskAsync("2022-06-08"), await AskAsync("-"));

        today.Names().ShouldBe(["META"]);
        before.Names().ShouldBe(["FB"]);
        before["FB"]!.ToJsonString().ShouldBe(today["META"]!.ToJsonString());
        // A fund until January 28, and since June 9 the company.
        string Last(JsonNode? bars) => ((string)bars![bars.AsArray().Count - 1]!["t"]!)[..10];
        Last(each["FB"]).ShouldBe("2022-06-08");
        each["META"]!.AsArray().Select(bar => ((string)bar!["t"]!)[..10]).ShouldNotContain("2022-06-08");
        ((double)each["META"]![0]!["c"]!).ShouldNotBe((double)today["META"]![0]!["c"]!);
    }

    [Theory]
    [InlineData("", "1Day", "", "symbols")]
    [InlineData("AAPL,TAOP:NASDAQ", "1Day", "", "invalid symbol: TAOP:NASDAQ")]
    [InlineData("AAPL", "7Min", "", "timeframe")]
    [InlineData("AAPL", "1Day", "limit=10001", "limit")]
    [InlineData("AAPL", "1Day", "feed=nasdaq", "feed")]
    [InlineData("AAPL", "1Day", "page_token=!", "page_token")]
    [InlineData("AAPL", "1Day", "asof=yesterday", "asof")]
    public async Task Malformed_requests_are_400_and_say_what_is_wrong(string symbols, string timeframe, string query, string named) =>
        ((string?)(await _simulation.JsonAsync(Wire.StockBars(symbols, timeframe, "2026-01-05", "2026-01-31", query), HttpStatusCode.BadRequest))["message"])!
            .ShouldContain(named);

    [Fact]
    public async Task A_key_and_its_secret_are_asked_for()
    {
        await using var simulation = await Simulation.StartAsync("AlpacaApiKey=right", "AlpacaApiSecret=secret");
        async Task<HttpStatusCode> AskAsync(string? key, string? secret)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Wire.StockBars("AAPL", "1Day", "2026-01-05", "2026-01-31"));
            if (key is not null)
                request.Headers.Add("APCA-API-KEY-ID", key);
            if (secret is not null)
                request.Headers.Add("APCA-API-SECRET-KEY", secret);
            using var http = new HttpClient { BaseAddress = simulation.Http.BaseAddress };
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            return response.StatusCode;
        }

        (await AskAsync(null, null)).ShouldBe(HttpStatusCode.Unauthorized);
        (await AskAsync("right", null)).ShouldBe(HttpStatusCode.Unauthorized);
        (await AskAsync("right", "wrong")).ShouldBe(HttpStatusCode.Unauthorized);
        (await AskAsync("right", "secret")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Two_hundred_requests_a_minute_are_free_and_answers_tell_what_is_left()
    {
        await using var simulation = await Simulation.StartAsync("RequestsPerMinute:alpaca=2");
        var path = Wire.StockBars("AAPL", "1Day", "2026-01-05", "2026-01-06");
        var left = new List<(int Status, string Left)>();
        for (var i = 0; i < 3; i++)
        {
            using var response = await simulation.GetAsync(path);
            left.Add(((int)response.StatusCode, response.Headers.GetValues("X-RateLimit-Remaining").Single()));
            var reset = DateTimeOffset.FromUnixTimeSeconds(long.Parse(response.Headers.GetValues("X-RateLimit-Reset").Single(), null));
            reset.ShouldBeInRange(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddSeconds(62));
        }

        left.ShouldBe([(200, "1"), (200, "0"), (429, "0")]);
        ((int?)(await _simulation.JsonAsync("/simulator/quotas")).AsArray().Single(quota => (string?)quota!["provider"] == "alpaca")!["requests_per_minute"])
            .ShouldBe(200);
    }

    [Fact]
    public async Task A_fault_of_a_symbol_hits_its_bars_alone_and_its_requests_are_counted()
    {
        await using var simulation = await Simulation.StartAsync();
        await simulation.FaultAsync(new { kind = "zero_price", provider = "alpaca", symbol = "MSFT", from = "2026-01-06T00:00:00Z", to = "2026-01-07T00:00:00Z" });
        var bars = (await simulation.JsonAsync(Wire.StockBars("AAPL,MSFT", "1Day", "2026-01-05", "2026-01-31")))["bars"]!;

        bars["MSFT"]!.AsArray().Count(bar => (double)bar!["c"]! == 0).ShouldBe(1);
        bars["AAPL"]!.AsArray().ShouldAllBe(bar => (double)bar!["c"]! > 0);
        foreach (var (symbol, count) in new[] { ("AAPL", 1), ("MSFT", 1), ("JPM", 0) })
            ((int)(await simulation.JsonAsync($"/simulator/requests?provider=alpaca&symbol={symbol}"))[0]!["total"]!).ShouldBe(count);
    }
}
