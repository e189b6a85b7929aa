using System.Globalization;
using System.Net;

namespace MarketData.Simulator.Tests.Yahoo;

public sealed class ChartTests(QuietSimulation quiet) : IClassFixture<QuietSimulation>
{
    private readonly Simulation _simulation = quiet.Simulation;

    [Fact]
    public async Task Charts_have_Yahoos_members_and_types()
    {
        var chart = await _simulation.JsonAsync(Wire.Chart("AAPL", "1d", Wire.Day(2026, 1, 5), Wire.Day(2026, 1, 31)));
        var result = chart.Result();

        chart["chart"]!["error"].ShouldBeNull();
        result.Names().ShouldBe(["meta", "timestamp", "indicators"]);
        foreach (var name in (string[])["currency", "symbol", "exchangeName", "instrumentType", "firstTradeDate", "gmtoffset", "timezone", "exchangeTimezoneName",
            "regularMarketTime", "regularMarketPrice", "chartPreviousClose", "priceHint", "currentTradingPeriod", "dataGranularity", "range", "validRanges"])
            result["meta"].Names().ShouldContain(name);
        ((string?)result["meta"]!["dataGranularity"]).ShouldBe("1d");
        ((string?)result["meta"]!["exchangeTimezoneName"]).ShouldBe("America/New_York");
        result.Stamps().Length.ShouldBe(19);
        // A day is stamped with the session's opening.
        result.Stamps().ShouldAllBe(stamp => stamp.TimeOfDay == new TimeSpan(14, 30, 0));
        result["indicators"].Names().ShouldBe(["quote", "adjclose"]);
        result["indicators"]!["quote"]![0].Names().ShouldBe(["open", "high", "low", "close", "volume"], ignoreOrder: true);
        foreach (var name in (string[])["open", "high", "low", "close", "volume"])
            result.Column(name).ShouldAllBe(value => value > 0);
        result["indicators"]!["adjclose"]![0]!["adjclose"]!.AsArray().Count.ShouldBe(19);
    }

    [Fact]
    public async Task An_unknown_symbol_is_404_with_the_charts_error()
    {
        var chart = await _simulation.JsonAsync(Wire.Chart("NOSUCH", "1d", Wire.Day(2026, 1, 5), Wire.Day(2026, 1, 31)), HttpStatusCode.NotFound);

        chart["chart"]!["result"].ShouldBeNull();
        ((string?)chart["chart"]!["error"]!["code"]).ShouldBe("Not Found");
        ((string?)chart["chart"]!["error"]!["description"]).ShouldBe("No data found, symbol may be delisted");
    }

    [Fact]
    public async Task Without_a_user_agent_there_is_429_and_no_word_of_when_to_return()
    {
        using var http = new HttpClient { BaseAddress = _simulation.Http.BaseAddress };

        using var response = await http.GetAsync(Wire.Chart("AAPL", "1d", Wire.Day(2026, 1, 5), Wire.Day(2026, 1, 31)), TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        response.Headers.RetryAfter.ShouldBeNull();
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
    }

    [Fact]
    public async Task The_forming_bar_is_stamped_off_the_grid_with_its_last_trade()
    {
        var daily = (await _simulation.JsonAsync(Wire.Chart("AAPL", "1d", Wire.Day(2026, 3, 9), Wire.Day(2026, 3, 12)))).Result();
        var coins = (await _simulation.JsonAsync(Wire.Chart("BTC-USD", "1h", Wire.Day(2026, 3, 11), Wire.Day(2026, 3, 12)))).Result();

        daily.Stamps()[..2].ShouldBe([Wire.Day(2026, 3, 9).AddHours(13.5), Wire.Day(2026, 3, 10).AddHours(13.5)]);
        daily.Stamps()[2].ShouldBe(Simulation.Now.AddSeconds(-1));
        coins.Stamps().ShouldAllBe(stamp => stamp <= Simulation.Now);
    }

    [Fact]
    public async Task The_current_week_comes_as_two_rows()
    {
        var weeks = (await _simulation.JsonAsync(Wire.Chart("AAPL", "1wk", Wire.Day(2026, 3, 2), Wire.Day(2026, 3, 12)))).Result();

        weeks.Stamps().ShouldBe([Wire.Day(2026, 3, 2).AddHours(5), Wire.Day(2026, 3, 9).AddHours(4), Simulation.Now.AddSeconds(-1)], "in New York's midnights");
    }

    [Fact]
    public async Task Prices_are_in_todays_shares()
    {
        var polygon = (await _simulation.JsonAsync(Wire.Aggregates("AAPL", "1/day", "2020-08-27", "2020-09-01", "adjusted=false"))).Results();
        var yahoo = (await _simulation.JsonAsync(Wire.Chart("AAPL", "1d", Wire.Day(2020, 8, 27), Wire.Day(2020, 9, 2), "events=div,split"))).Result();

        polygon.Zip(yahoo.Column("close"), (traded, adjusted) => (double)traded!["c"]! / adjusted!.Value).ToArray().ShouldBe([4, 4, 1, 1], 1e-4);
        var split = yahoo["events"]!["splits"]!.AsObject().Single();
        split.Key.ShouldBe(Wire.Day(2020, 8, 31).AddHours(13.5).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        split.Value.Names().ShouldBe(["date", "numerator", "denominator", "splitRatio"]);
        ((string?)split.Value!["splitRatio"]).ShouldBe("4:1");
    }

    [Fact]
    public async Task Dividends_lower_the_adjusted_closes_before_them()
    {
        var result = (await _simulation.JsonAsync(Wire.Chart("XOM", "1d", Wire.Day(2025, 1, 2), Wire.Day(2026, 1, 2), "events=div"))).Result();

        var adjusted = result["indicators"]!["adjclose"]![0]!["adjclose"]!.AsArray().Select(value => (double)value!).ToArray();
        var ratios = adjusted.Zip(result.Column("close"), (value, close) => value / close!.Value).ToArray();

        result["events"]!["dividends"]!.AsObject().Count.ShouldBe(4);
        result["events"]!["dividends"]!.AsObject().First().Value.Names().ShouldBe(["amount", "date"]);
        ratios[0].ShouldBeLessThan(0.98);
        ratios.Zip(ratios.Skip(1)).ShouldAllBe(pair => pair.First <= pair.Second + 1e-9);
    }

    [Fact]
    public async Task Trading_outside_the_session_is_there_when_asked_for()
    {
        var (from, to) = (Wire.Day(2026, 3, 10), Wire.Day(2026, 3, 11));
        var regular = (await _simulation.JsonAsync(Wire.Chart("AAPL", "5m", from, to))).Result().Stamps();
        var extended = (await _simulation.JsonAsync(Wire.Chart("AAPL", "5m", from, to, "includePrePost=true"))).Result().Stamps();

        regular.Length.ShouldBe(78);
        extended.Length.ShouldBeGreaterThan(78);
        extended.ShouldContain(stamp => stamp < regular[0]);
    }

    [Theory]
    [InlineData("5m", 61, HttpStatusCode.UnprocessableEntity, "within the last 60 days")]
    [InlineData("1h", 731, HttpStatusCode.UnprocessableEntity, "within the last 730 days")]
    [InlineData("7m", 5, HttpStatusCode.BadRequest, "interval=7m is not supported")]
    public async Task What_is_not_served_is_said(string interval, int daysBack, HttpStatusCode status, string said)
    {
        var chart = await _simulation.JsonAsync(Wire.Chart("AAPL", interval, Simulation.Now.AddDays(-daysBack - 1), Simulation.Now), status);

        ((string?)chart["chart"]!["error"]!["description"])!.ShouldContain(said);
    }

    [Fact]
    public async Task A_range_without_bars_has_no_stamps()
    {
        var result = (await _simulation.JsonAsync(Wire.Chart("AAPL", "1d", Wire.Day(2026, 1, 17), Wire.Day(2026, 1, 19)))).Result();

        result.Names().ShouldBe(["meta", "indicators"]);
        result["indicators"]!["quote"]![0]!.AsObject().Count.ShouldBe(0);
    }

    [Fact]
    public async Task The_index_has_its_true_history()
    {
        var rows = (await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "sp500-daily-2000-2020.csv"), TestContext.Current.CancellationToken)).Skip(1)
            .Select(line => line.Split(',')).ToList();

        var result = (await _simulation.JsonAsync(Wire.Chart("^GSPC", "1d", Wire.Day(2000, 1, 1), Wire.Day(2020, 4, 18)))).Result();

        rows.Count.ShouldBe(5105);
        result.Stamps().Select(stamp => DateOnly.FromDateTime(stamp.UtcDateTime)).ShouldBe(rows.Select(row => DateOnly.Parse(row[0], CultureInfo.InvariantCulture)));
        foreach (var (index, name) in new[] { (1, "open"), (2, "high"), (3, "low"), (4, "close"), (6, "volume") })
            result.Column(name).ShouldBe(rows.Select(row => (double?)double.Parse(row[index], CultureInfo.InvariantCulture)), name);
    }

    [Fact]
    public async Task The_index_is_no_stock_of_Polygons_or_coin_of_Binances()
    {
        (await _simulation.JsonAsync(Wire.Aggregates("^GSPC", "1/day", "2019-01-02", "2019-01-31"))).Names().ShouldNotContain("results");
        await _simulation.JsonAsync(Wire.Klines("%5EGSPC", "1d"), HttpStatusCode.BadRequest);
    }
}
