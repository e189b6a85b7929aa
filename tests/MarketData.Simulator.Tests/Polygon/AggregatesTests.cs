using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MarketData.Simulator.Tests.Polygon;

public sealed class AggregatesTests(QuietSimulation quiet) : IClassFixture<QuietSimulation>
{
    private readonly Simulation _simulation = quiet.Simulation;

    [Fact]
    public async Task Answers_have_Polygons_members_and_types()
    {
        var answer = await _simulation.JsonAsync(Wire.Aggregates("AAPL", "1/day", "2026-01-05", "2026-01-30"));

        answer.Names().ShouldBe(["ticker", "queryCount", "resultsCount", "adjusted", "results", "status", "request_id", "count"]);
        ((string?)answer["ticker"]).ShouldBe("AAPL");
        ((string?)answer["status"]).ShouldBe("OK");
        ((string?)answer["request_id"])!.Length.ShouldBe(32);
        answer["adjusted"]!.GetValueKind().ShouldBe(JsonValueKind.True);
        // January 5 to 30 without Martin Luther King's day.
        ((int)answer["count"]!).ShouldBe(19);
        ((int)answer["resultsCount"]!).ShouldBe(19);
        ((int)answer["queryCount"]!).ShouldBe(19);
        answer.Results().Count.ShouldBe(19);
        foreach (var bar in answer.Results())
        {
            bar.Names().ShouldBe(["v", "vw", "o", "c", "h", "l", "t", "n"]);
            bar!.AsObject().ShouldAllBe(member => member.Value!.GetValueKind() == JsonValueKind.Number);
            // A day is stamped with New York's midnight.
            bar.Opens().TimeOfDay.ShouldBe(TimeSpan.FromHours(5));
        }
    }

    [Fact]
    public async Task Pages_are_joined_by_a_next_url_without_the_key()
    {
        var whole = (await _simulation.JsonAsync(Wire.Aggregates("AAPL", "5/minute", "2026-02-02", "2026-02-06"))).Results();

        var pages = new List<JsonNode>();
        var next = Wire.Aggregates("AAPL", "5/minute", "2026-02-02", "2026-02-06", "limit=1000&apiKey=some-key");
        while (next is not null)
        {
            var page = await _simulation.JsonAsync(next);
            pages.Add(page);
            next = (string?)page["next_url"];
            (next ?? "").ShouldNotContain("key", Case.Insensitive);
        }

        pages.Count.ShouldBeGreaterThan(3);
        // The limit counts the minutes that the bars are made of.
        pages.Select(page => (int)page["queryCount"]!).ShouldAllBe(count => count <= 1000);
        pages.SelectMany(page => page.Results()).Select(bar => bar!.ToJsonString()).ShouldBe(whole.Select(bar => bar!.ToJsonString()));
    }

    [Fact]
    public async Task Without_a_limit_a_long_range_of_five_minutes_is_cut()
    {
        var page = await _simulation.JsonAsync(Wire.Aggregates("AAPL", "5/minute", "2026-01-05", "2026-02-27", ""));

        ((int)page["queryCount"]!).ShouldBeLessThanOrEqualTo(5000);
        page.Results().Count.ShouldBeLessThan(2000);
        page.Results()[^1].Opens().ShouldBeLessThan(Wire.Day(2026, 1, 20));
        page["next_url"].ShouldNotBeNull();
    }

    [Theory]
    [InlineData("AAPL", "2026-01-17", "2026-01-18")]
    [InlineData("NOSUCH", "2026-01-05", "2026-01-30")]
    public async Task What_is_not_there_is_OK_without_results(string ticker, string from, string to)
    {
        var answer = await _simulation.JsonAsync(Wire.Aggregates(ticker, "1/day", from, to));

        ((string?)answer["status"]).ShouldBe("OK");
        answer.Names().ShouldNotContain("results");
        ((int)answer["resultsCount"]!).ShouldBe(0);
    }

    [Fact]
    public async Task Bars_within_the_day_include_those_before_and_after_the_session()
    {
        var bars = (await _simulation.JsonAsync(Wire.Aggregates("AAPL", "5/minute", "2026-02-03", "2026-02-03"))).Results();

        bars.ShouldContain(bar => bar.Opens() < Wire.Day(2026, 2, 3).AddHours(14.5));
        bars.ShouldContain(bar => bar.Opens() >= Wire.Day(2026, 2, 3).AddHours(21));
        bars.ShouldAllBe(bar => bar.Opens().Minute % 5 == 0 && bar.Opens().Second == 0);
    }

    [Fact]
    public async Task The_running_session_is_the_last_bar_and_still_forming()
    {
        var bars = (await _simulation.JsonAsync(Wire.Aggregates("AAPL", "1/day", "2026-03-09", "2026-03-13"))).Results();

        bars.Select(bar => bar.Opens()).ShouldBe([Wire.Day(2026, 3, 9).AddHours(4), Wire.Day(2026, 3, 10).AddHours(4), Wire.Day(2026, 3, 11).AddHours(4)]);
        ((double)bars[2]!["v"]!).ShouldBeLessThan((double)(await TomorrowAsync())["v"]!);
    }

    [Fact]
    public async Task Descending_answers_begin_with_the_newest()
    {
        var ascending = (await _simulation.JsonAsync(Wire.Aggregates("MSFT", "1/day", "2026-01-05", "2026-01-30"))).Results();
        var descending = (await _simulation.JsonAsync(Wire.Aggregates("MSFT", "1/day", "2026-01-05", "2026-01-30", "sort=desc"))).Results();

        descending.Select(bar => bar!.ToJsonString()).ShouldBe(ascending.Reverse().Select(bar => bar!.ToJsonString()));
    }

    [Fact]
    public async Task Prices_are_adjusted_for_splits_unless_told_not_to_be()
    {
        var adjusted = (await _simulation.JsonAsync(Wire.Aggregates("AAPL", "1/day", "2020-08-27", "2020-09-01"))).Results();
        var traded = (await _simulation.JsonAsync(Wire.Aggregates("AAPL", "1/day", "2020-08-27", "2020-09-01", "adjusted=false"))).Results();

        Ratios(traded, adjusted, "c").ShouldBe([4, 4, 1, 1], 1e-4);
        Ratios(adjusted, traded, "v").ShouldBe([4, 4, 1, 1], 1e-4);
    }

    [Fact]
    public async Task QQQ_was_QQQQ_before_23_March_2011()
    {
        var old = (await _simulation.JsonAsync(Wire.Aggregates("QQQQ", "1/day", "2011-03-14", "2011-03-31"))).Results();
        var present = (await _simulation.JsonAsync(Wire.Aggregates("QQQ", "1/day", "2011-03-14", "2011-03-31"))).Results();

        old[^1].Opens().UtcDateTime.Date.ShouldBe(new DateTime(2011, 3, 22));
        present[0].Opens().UtcDateTime.Date.ShouldBe(new DateTime(2011, 3, 23));
    }

    [Theory]
    [InlineData("0/day", "2026-01-05", "2026-01-30", "multiplier")]
    [InlineData("1/fortnight", "2026-01-05", "2026-01-30", "timespan")]
    [InlineData("1/day", "yesterday", "2026-01-30", "'from'")]
    [InlineData("1/day", "2026-01-05", "05.01.2026", "'to'")]
    [InlineData("1/day", "2026-01-30", "2026-01-05", "before")]
    public async Task Malformed_requests_are_400_and_say_what_is_wrong(string span, string from, string to, string named)
    {
        var answer = await _simulation.JsonAsync(Wire.Aggregates("AAPL", span, from, to), HttpStatusCode.BadRequest);

        answer.Names().ShouldBe(["status", "request_id", "error"]);
        ((string?)answer["status"]).ShouldBe("ERROR");
        ((string?)answer["error"])!.ShouldContain(named);
    }

    [Fact]
    public async Task A_key_is_asked_for_in_the_header_or_the_query()
    {
        await using var simulation = await Simulation.StartAsync("PolygonApiKey=right");
        var path = Wire.Aggregates("AAPL", "1/day", "2026-01-05", "2026-01-30");
        simulation.Http.DefaultRequestHeaders.Remove("Authorization");

        ((string?)(await simulation.JsonAsync(path, HttpStatusCode.Unauthorized))["error"]).ShouldBe("API Key was not provided");
        ((string?)(await simulation.JsonAsync(path + "&apiKey=wrong", HttpStatusCode.Unauthorized))["error"]).ShouldBe("Unknown API Key");
        await simulation.JsonAsync(path + "&apiKey=right");
        simulation.Http.DefaultRequestHeaders.Add("Authorization", "Bearer right");
        await simulation.JsonAsync(path);
    }

    [Fact]
    public async Task Splits_and_dividends_have_Polygons_members()
    {
        var splits = (await _simulation.JsonAsync("/polygon/v3/reference/splits?ticker=AAPL&order=asc&limit=1000")).Results();
        var dividends = await _simulation.JsonAsync("/polygon/v3/reference/dividends?ticker=MSFT&limit=4");

        splits[0].Names().ShouldBe(["execution_date", "id", "split_from", "split_to", "ticker"]);
        splits.Select(split => ((string?)split!["execution_date"], (int)split["split_from"]!, (int)split["split_to"]!))
            .ShouldBe([("1987-06-16", 1, 2), ("2000-06-21", 1, 2), ("2005-02-28", 1, 2), ("2014-06-09", 1, 7), ("2020-08-31", 1, 4)]);
        dividends.Results().Count.ShouldBe(4);
        dividends.Results()[0].Names().ShouldBe(
            ["cash_amount", "currency", "declaration_date", "dividend_type", "ex_dividend_date", "frequency", "id", "pay_date", "record_date", "ticker"]);
        ((string?)dividends["next_url"])!.ShouldContain("cursor=");
    }

    private static double[] Ratios(JsonArray above, JsonArray below, string field) =>
        [.. above.Zip(below, (first, second) => (double)first![field]! / (double)second![field]!)];

    private static async Task<JsonNode> TomorrowAsync()
    {
        await using var later = await Simulation.StartAsync("Now=2026-03-12T12:00:00Z");
        return (await later.JsonAsync(Wire.Aggregates("AAPL", "1/day", "2026-03-11", "2026-03-11"))).Results().Single()!;
    }
}
