using System.Text.Json.Nodes;
using MarketData.Storage.Enrichment;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>What follows when providers have nothing, no longer know a symbol, or refuse what their plan lacks.</summary>
public sealed class AnswerMeaningTests(PostgresServer server) : PipelineTests(server)
{
    private const string PlanWords =
        "Your plan doesn't include this data timeframe. Please upgrade your plan at https://polygon.io/pricing";
    private static readonly DateTime Listed = new(2024, 11, 18, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime LastClosed = new(2026, 11, 17, 0, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task What_nobody_has_and_never_had_fails_and_says_so(bool isPolygonEmpty, bool isYahooUnknown)
    {
        await using var market = await ServeAsync();
        market.Polygon = (_, _) => isPolygonEmpty
            ? WireMarket.EmptyPage
            : (404, """{"status":"NOT_FOUND","message":"Ticker not found."}""");
        market.Yahoo = _ => isYahooUnknown
            ? WireMarket.YahooUnknown
            : (200, """{"chart":{"result":[{"meta":{"dataGranularity":"1d"},"indicators":{"quote":[{}]}}],"error":null}}""");
        await TrackAsync("ZZTYPO", "stock", "1d");
        var job = await EnrichAsync("ZZTYPO");

        (job.Status, job.Kind, job.Attempt).ShouldBe(("failed", "permanent", 1));
        job.Message.ShouldNotBeNull().ShouldContain("No provider has data for ZZTYPO.");
        job.Message.ShouldContain("polygon: ");
        job.Message.ShouldContain(isYahooUnknown ? "symbol may be delisted" : "yahoo: has nothing");
        job.Advice.ShouldNotBeNull().ShouldContain("deactivate");
        (await QueryAsync<string>("SELECT concat_ws(' ', status, symbols_failed, symbols_successful) FROM enrichment_history"))
            .ShouldBe(["failed 1 0"]);
        (await StatusAsync("ZZTYPO")).ShouldBe("error");
        (await ScalarAsync<long>("SELECT count(*) FROM backfill_state")).ShouldBe(0);
        (await ScalarAsync<bool>("SELECT coalesce(bool_or(completeness > 0), false) FROM series")).ShouldBeFalse();
    }

    [Fact]
    public async Task An_interval_that_nobody_has_does_not_fail_a_symbol_that_has_others()
    {
        await using var market = await ServeAsync();
        await TrackAsync("NEW", "stock", "1d", "1w");
        // A first session, and no week that has ended.
        market.Last = LastClosed;
        await ConfigureAsync(market, ("Enrichment:History:OneDay", "1"), ("Enrichment:History:OneWeek", "1"));
        var job = await EnrichAsync("NEW");
        job.Status.ShouldBe("succeeded", job.Message);
        (await CandlesAsync("NEW", "1d")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_known_symbols_empty_range_is_a_success()
    {
        await using var market = await ServeAsync();
        await TrackAsync("AAPL", "stock", "1d");
        await EnrichAsync("AAPL");
        market.Polygon = (_, _) => WireMarket.EmptyPage;
        market.Yahoo = _ => (200, """{"chart":{"result":[{"meta":{"dataGranularity":"1d"},"indicators":{"quote":[{}]}}],"error":null}}""");

        Time.Set(MidSession.AddDays(1));
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Known_no_more_a_symbol_is_delisted_or_renamed_and_its_history_stays_good(bool isServedByOne)
    {
        await using var market = await ServeAsync();
        await TrackAsync("FB", "stock", "1d");
        (await EnrichAsync("FB")).Status.ShouldBe("succeeded");
        var before = await CandlesAsync("FB", "1d");

        market.Last = LastClosed;
        market.Yahoo = _ => WireMarket.YahooUnknown;
        if (!isServedByOne)
            market.Polygon = (_, _) => (404, """{"status":"NOT_FOUND","message":"Ticker not found."}""");
        for (var days = 7; days <= 28; days += 7)
        {
            Time.Set(MidSession.AddDays(days));
            var job = await EnrichAsync("FB");
            (job.Status, job.Attempt).ShouldBe(("failed", 1));
            job.Message.ShouldNotBeNull().ShouldContain("Delisted or renamed?");
            job.Message.ShouldContain("2026-11-17");
            job.Advice.ShouldNotBeNull().ShouldContain("new name");
            (await StatusAsync("FB")).ShouldBe("delisted");
        }

        (await CandlesAsync("FB", "1d")).ShouldBe(before);
        (await ScalarAsync<double>("SELECT completeness FROM series")).ShouldBe(1);
        (await ScalarAsync<long>("SELECT count(*) FROM gaps")).ShouldBe(0);
        (await ScalarAsync<DateTime>("SELECT max(metric_date)::timestamp FROM data_quality_metrics")).ShouldBe(LastClosed.Date);
        // Time alone does not make it stale.
        await JudgeAsync();
        (await StatusAsync("FB")).ShouldBe("delisted");

        // Should it come back, it is as any other.
        (market.Last, market.Yahoo, market.Polygon) = (DateTime.MaxValue, _ => null, (_, _) => null);
        (await EnrichAsync("FB")).Status.ShouldBe("succeeded");
        (await StatusAsync("FB")).ShouldBe("healthy");
        (await ScalarAsync<double>("SELECT completeness FROM series")).ShouldBe(1);
    }

    [Fact]
    public async Task A_symbol_that_another_provider_still_trades_is_not_delisted()
    {
        await using var market = await ServeAsync();
        await TrackAsync("AAPL", "stock", "1d");
        await EnrichAsync("AAPL");

        market.PolygonEdit = (_, page) => Until(page, LastClosed);
        Time.Set(MidSession.AddDays(14));
        var job = await EnrichAsync("AAPL");
        job.Status.ShouldBe("succeeded", job.Message);
        (await StatusAsync("AAPL")).ShouldNotBe("delisted");
    }

    [Theory]
    [InlineData(PlanWords, 403)]
    [InlineData("You are not entitled to this data. Please upgrade your plan at https://polygon.io/pricing", 403)]
    [InlineData(PlanWords, 200)]
    public async Task What_the_plan_lacks_comes_from_the_next_provider_and_the_rest_from_the_first(string said, int status)
    {
        await using var market = await ServeAsync(("Enrichment:History:OneDay", "1500"));
        market.Polygon = (_, from) => from < Listed ? (status, $$"""{"status":"NOT_AUTHORIZED","message":"{{said}}"}""") : null;
        await TrackAsync("AAPL", "stock", "1d");
        await TrackAsync("MSFT", "stock", "1d");
        var job = await EnrichAsync("AAPL");

        job.Status.ShouldBe("succeeded", job.Message);
        var candles = await CandlesAsync("AAPL", "1d");
        candles[0].Ts.ShouldBeLessThan(Listed.AddYears(-2));
        candles[^1].Ts.ShouldBe(LastClosed);
        candles.Zip(candles.Skip(1)).ShouldAllBe(pair => pair.Second.Ts - pair.First.Ts < TimeSpan.FromDays(6));
        candles.Where(candle => candle.Ts < Listed).ShouldAllBe(candle => candle.Source == "yahoo");
        candles.Where(candle => candle.Ts > Listed.AddDays(31)).ShouldAllBe(candle => candle.Source == "polygon");
        var error = await ScalarAsync<string>(
            "SELECT DISTINCT error_message FROM enrichment_fetch_log WHERE NOT success AND source = 'polygon'");
        error.ShouldNotBeNull().ShouldContain("plan");
        error.ShouldContain(said);
        (await ScalarAsync<double>("SELECT completeness FROM series WHERE symbol = 'AAPL'")).ShouldBe(1);

        // The next symbol does not ask for it again, and the next night asks for what is new.
        (await EnrichAsync("MSFT")).Status.ShouldBe("succeeded");
        market.Asked.Where(asked => asked is ("polygon", "MSFT", _)).ShouldAllBe(asked => asked.From >= Listed);
        (await CandlesAsync("MSFT", "1d")).Count.ShouldBe(candles.Count);
    }

    [Fact]
    public async Task A_plan_that_has_nothing_of_it_fails_with_its_name_and_not_the_keys()
    {
        await using var market = await ServeAsync(("Providers:Yahoo:Enabled", "false"));
        market.Polygon = (_, _) => (403, $$"""{"status":"NOT_AUTHORIZED","message":"{{PlanWords}}"}""");
        await TrackAsync("AAPL", "stock", "1d");
        var job = await EnrichAsync("AAPL");

        (job.Status, job.Attempt).ShouldBe(("failed", 1));
        job.Message.ShouldNotBeNull().ShouldContain("plan");
        job.Advice.ShouldNotBeNull().ShouldNotContain("valid key");
    }

    [Theory]
    [InlineData(-730)] // a plan of two years
    [InlineData(-500)]
    [InlineData(-100)]
    public async Task Without_another_provider_the_plans_part_is_stored(int days)
    {
        await using var market = await ServeAsync(("Providers:Yahoo:Enabled", "false"), ("Enrichment:History:OneDay", "1500"));
        var served = MidSession.UtcDateTime.Date.AddDays(days);
        market.Polygon = (_, from) => from < served ? (403, $$"""{"status":"NOT_AUTHORIZED","message":"{{PlanWords}}"}""") : null;
        await TrackAsync("AAPL", "stock", "1d");
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");

        var candles = await CandlesAsync("AAPL", "1d");
        candles[0].Ts.ShouldBeInRange(served, served.AddDays(10));
        candles[^1].Ts.ShouldBe(LastClosed);
    }

    [Fact]
    public async Task A_backfill_that_got_nothing_fails_and_leaves_the_symbol_as_it_is()
    {
        await using var market = await ServeAsync();
        await TrackAsync("AAPL", "stock", "1d");
        await EnrichAsync("AAPL");
        market.Polygon = (_, _) => WireMarket.EmptyPage;
        market.Yahoo = _ => (200, """{"chart":{"result":[{"meta":{"dataGranularity":"1d"},"indicators":{"quote":[{}]}}],"error":null}}""");
        var year = new DateTime(1975, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var early = await EnrichAsync("AAPL", year, year.AddYears(1));

        (early.Status, early.Attempt).ShouldBe(("failed", 1));
        early.Message.ShouldNotBeNull().ShouldContain("No provider has candles of AAPL from 1975-01-01");
        (await StatusAsync("AAPL")).ShouldBe("healthy");
        // Asked for again it is asked of the providers again.
        (await EnrichAsync("AAPL", year, year.AddYears(1))).Message.ShouldBe(early.Message);

        var late = await EnrichAsync("AAPL", MidSession.UtcDateTime.AddDays(2), MidSession.UtcDateTime.AddDays(9));
        late.Status.ShouldBe("failed");
        late.Message.ShouldNotBeNull().ShouldContain("There can be no candle of AAPL from 2026-11-20");
    }

    [Theory]
    [InlineData("ohlc_order")]
    [InlineData("non_positive_price")]
    [InlineData("off_grid")]
    public async Task An_answer_of_bars_that_are_none_fails_and_says_what_is_wrong_with_them(string reason)
    {
        await using var market = await ServeAsync(("Providers:Yahoo:Enabled", "false"));
        market.PolygonEdit = (_, page) => Spoil(page, reason);
        await TrackAsync("AAPL", "stock", "1d");
        var job = await EnrichAsync("AAPL");

        (job.Status, job.Kind, job.Attempt).ShouldBe(("failed", "permanent", 1));
        job.Message.ShouldNotBeNull().ShouldContain("can be a candle");
        job.Message.ShouldContain(reason);
        job.Advice.ShouldNotBeNull().ShouldContain("rejected candles");
        (await StatusAsync("AAPL")).ShouldBe("error");
        (await ScalarAsync<bool>("SELECT coalesce(bool_or(completeness > 0), false) FROM series")).ShouldBeFalse();

        // Once the provider has corrected them, its whole history is fetched.
        market.PolygonEdit = (_, page) => page.ToJsonString();
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");
        (await CandlesAsync("AAPL", "1d")).Count.ShouldBeGreaterThan(90);
        (await StatusAsync("AAPL")).ShouldBe("healthy");

        // A night of them alone is none either, and costs the symbol nothing that it has.
        market.PolygonEdit = (_, page) => Spoil(page, reason);
        Time.Set(MidSession.AddDays(1));
        (await EnrichAsync("AAPL")).Status.ShouldBe("failed");
        (await CandlesAsync("AAPL", "1d")).Count.ShouldBeGreaterThan(90);
        var year = new DateTime(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        (await EnrichAsync("AAPL", year, year.AddMonths(3))).Message.ShouldNotBeNull().ShouldContain(reason);
    }

    [Fact]
    public async Task One_good_bar_among_bad_ones_is_a_success()
    {
        await using var market = await ServeAsync(("Providers:Yahoo:Enabled", "false"));
        market.PolygonEdit = (_, page) =>
        {
            foreach (var row in page["results"]!.AsArray().Skip(1))
                row!["h"] = 1;
            return page.ToJsonString();
        };
        await TrackAsync("AAPL", "stock", "1d");
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");
        (await CandlesAsync("AAPL", "1d")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Nothing_is_asked_for_before_the_listing()
    {
        await using var market = await ServeAsync(("Providers:Polygon:Enabled", "false"), ("Enrichment:History:OneDay", "20000"));
        market.YahooEdit = (_, chart) =>
        {
            chart["chart"]!["result"]![0]!["meta"]!["firstTradeDate"] = new DateTimeOffset(Listed.AddHours(14.5)).ToUnixTimeSeconds();
            return chart.ToJsonString();
        };
        await TrackAsync("NEW", "stock", "1d");
        (await EnrichAsync("NEW", LastClosed.AddDays(-30), LastClosed.AddDays(1))).Status.ShouldBe("succeeded");
        var asked = market.Asked.Count;

        var early = await EnrichAsync("NEW", new DateTime(1990, 1, 1, 0, 0, 0, DateTimeKind.Utc), Listed);
        early.Status.ShouldBe("failed");
        early.Message.ShouldNotBeNull().ShouldContain("it was first traded on 2024-11-18");
        market.Asked.Count.ShouldBe(asked);

        var all = await EnrichAsync("NEW", new DateTime(1990, 1, 1, 0, 0, 0, DateTimeKind.Utc), LastClosed.AddDays(1));
        all.Status.ShouldBe("succeeded", all.Message);
        market.Asked.Skip(asked).ShouldAllBe(one => one.From >= Listed.AddDays(-1));
        (await CandlesAsync("NEW", "1d"))[0].Ts.ShouldBe(Listed);
        (await ScalarAsync<double>("SELECT completeness FROM series")).ShouldBe(1);
        (await ScalarAsync<long>("SELECT count(*) FROM gaps")).ShouldBe(0);
    }

    [Fact]
    public async Task A_first_history_begins_with_the_listing_that_is_on_record()
    {
        await using var market = await ServeAsync(("Providers:Polygon:Enabled", "false"), ("Enrichment:History:OneDay", "20000"));
        await TrackAsync("NEW", "stock", "1d");
        await ExecuteAsync("UPDATE symbols SET first_traded = @Listed", new { Listed });
        (await EnrichAsync("NEW")).Status.ShouldBe("succeeded");

        // Splits and dividends are asked for apart.
        market.Asked.Where(one => one.From > DateTime.UnixEpoch).ShouldAllBe(one => one.From >= Listed.AddDays(-1));
        (await CandlesAsync("NEW", "1d"))[0].Ts.ShouldBe(Listed);
    }

    [Theory]
    [InlineData("^VIX", true)]
    [InlineData("EURUSD=X", true)]
    [InlineData("THIN", false)]
    public async Task No_volume_is_odd_only_where_there_is_volume(string symbol, bool isEverywhere)
    {
        await using var market = await ServeAsync();
        market.Volume = isEverywhere ? 0 : 1000;
        market.PolygonEdit = (_, page) =>
        {
            if (!isEverywhere && page["results"]!.AsArray() is { Count: > 50 } rows)
                rows[5]!["v"] = 0;
            return page.ToJsonString();
        };
        await TrackAsync(symbol, "stock", "1d");
        for (var night = 0; night < 2; night++)
        {
            Time.Set(MidSession.AddDays(night));
            (await EnrichAsync(symbol)).Status.ShouldBe("succeeded");
        }

        var candles = await CandlesAsync(symbol, "1d");
        candles.Count(candle => candle.Notes?.Contains("zero_volume") == true).ShouldBe(isEverywhere ? 0 : 1);
        candles.Count(candle => !candle.Validated).ShouldBe(isEverywhere ? 0 : 1);
        (await StatusAsync(symbol)).ShouldBe("healthy");
    }

    private async Task<WireMarket> ServeAsync(params (string Name, string Value)[] settings)
    {
        var market = await WireMarket.StartAsync();
        await ConfigureAsync(market, settings);
        return market;
    }

    private Task ConfigureAsync(WireMarket market, params (string Name, string Value)[] settings) => ConfigureAsync(
    [
        ("Providers:Polygon:BaseUrl", market.Address + "polygon"), ("Providers:Polygon:ApiKey", "any"),
        ("Providers:Yahoo:BaseUrl", market.Address + "yahoo"), .. settings,
    ]);

    private Task<string?> StatusAsync(string symbol) =>
        ScalarAsync<string>("SELECT status FROM enrichment_status WHERE symbol = @symbol", new { symbol });

    private async Task JudgeAsync()
    {
        await ExecuteAsync("UPDATE symbol_status SET judge_at = '-infinity'");
        await new SymbolStatusStore(Database).JudgeDueAsync(new(), Time.GetUtcNow().UtcDateTime, Cancellation);
    }

    private static string Spoil(JsonNode page, string reason)
    {
        foreach (var row in page["results"]!.AsArray())
        {
            switch (reason)
            {
                case "ohlc_order":
                    row!["h"] = 1;
                    break;
                case "non_positive_price":
                    (row!["o"], row["h"], row["l"], row["c"]) = (-1, -1, -1, -1);
                    break;
                case "off_grid":
                    // Saturdays, of which a market that is open then has days.
                    var stamp = DateTimeOffset.FromUnixTimeMilliseconds(row!["t"]!.GetValue<long>());
                    row["t"] = stamp.AddDays(6 - (int)stamp.DayOfWeek).ToUnixTimeMilliseconds();
                    break;
            }
        }

        return page.ToJsonString();
    }

    private static string Until(JsonNode page, DateTime last)
    {
        var end = new DateTimeOffset(last.AddDays(1)).ToUnixTimeMilliseconds();
        page["results"] = new JsonArray(
            [.. page["results"]!.AsArray().Where(row => row!["t"]!.GetValue<long>() < end).Select(row => row!.DeepClone())]);
        return page.ToJsonString();
    }
}
