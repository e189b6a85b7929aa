using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;
using MarketData.Enrichment.Resilience;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Pipeline.Alpaca;

/// <summary>What Alpaca's client makes of bars of one symbol.</summary>
public sealed class AlpacaFetchTests(PostgresServer server) : AlpacaTests(server)
{
    [Theory]
    [InlineData(BarInterval.FiveMinutes)]
    [InlineData(BarInterval.FifteenMinutes)]
    [InlineData(BarInterval.ThirtyMinutes)]
    [InlineData(BarInterval.OneHour)]
    [InlineData(BarInterval.FourHours)]
    [InlineData(BarInterval.OneDay)]
    public async Task Bars_are_those_of_the_market_on_the_sessions_grid(BarInterval interval)
    {
        await StartAsync();
        // Thanksgiving is in it, and the short day after; and a change of clocks.
        var (from, to) = (Day(2025, 10, 27), Day(2025, 12, 2));
        var alpaca = await FetchAsync("AAPL", interval, from, to);

        ShouldAgree(alpaca, await FetchAsync("AAPL", interval, from, to, "polygon"));
        alpaca.Candles.ToArray().Select(candle => candle.Timestamp).ShouldBe(TradingCalendar.UsEquities.Expected(from, to, interval));
        alpaca.OutOfSession.ShouldBeGreaterThan(interval.IsIntraday() ? 100 : -1);
    }

    [Theory]
    [InlineData("SPY", "1d")]
    [InlineData("BRK.B", "1d")]
    [InlineData("AAPL", "1h")]
    public async Task A_series_is_stored_whole_from_Alpaca_alone(string symbol, string timeframe)
    {
        await ConfigureAsync(Alone);
        await TrackAsync(symbol, symbol == "SPY" ? "etf" : "stock", timeframe);
        var job = await EnrichAsync(symbol);

        job.Status.ShouldBe("succeeded", job.Message);
        (await CandlesAsync(symbol, timeframe)).ShouldAllBe(candle => candle.Source == "alpaca" && candle.Score == 1);
        (await ScalarAsync<bool>("SELECT records = expected_records FROM series WHERE timeframe = @timeframe", new { timeframe })).ShouldBeTrue();
        (await ScalarAsync<long>("SELECT count(*) FROM gaps")).ShouldBe(0);
    }

    [Fact]
    public async Task Long_ranges_come_page_by_page_without_holes()
    {
        await StartAsync();
        var (from, to) = (Day(2026, 6, 1), Day(2026, 11, 1));
        var result = await FetchAsync("AAPL", BarInterval.FiveMinutes, from, to);

        result.Requests.ShouldBeGreaterThan(1);
        result.Candles.ToArray().Select(candle => candle.Timestamp).ShouldBe(TradingCalendar.UsEquities.Expected(from, to, BarInterval.FiveMinutes));
    }

    [Fact]
    public async Task Repeats_at_the_border_of_pages_count_once()
    {
        await StartAsync();
        await FaultAsync(new { kind = "page_overlap", provider = "alpaca" });
        var (from, to) = (Day(2026, 6, 1), Day(2026, 9, 1));
        var result = await FetchAsync("AAPL", BarInterval.FiveMinutes, from, to);

        result.Candles.ToArray().Select(candle => candle.Timestamp).ShouldBe(TradingCalendar.UsEquities.Expected(from, to, BarInterval.FiveMinutes));
    }

    [Fact]
    public async Task What_every_plan_lacks_is_not_asked_for_but_left_to_the_next_time()
    {
        await StartAsync();
        var now = Time.GetUtcNow().UtcDateTime;
        var result = await FetchAsync("AAPL", BarInterval.FiveMinutes, now.Date, now);

        // 14:02 in New York, less fifteen minutes and one for clocks.
        result.Candles.Span[^1].Timestamp.ShouldBe(new DateTime(2026, 11, 18, 18, 40, 0, DateTimeKind.Utc));
        (await FetchAsync("AAPL", BarInterval.FiveMinutes, now.AddMinutes(-10), now)).HasAny.ShouldBeFalse();
        (await RequestsAsync("alpaca", "AAPL")).ShouldBe(1);
    }

    [Fact]
    public async Task A_day_that_closed_a_moment_ago_still_forms()
    {
        await StartAsync();
        // 16:05 in New York.
        Time.Set(MidSession.AddMinutes(123));
        var now = Time.GetUtcNow().UtcDateTime;
        (await FetchAsync("AAPL", BarInterval.OneDay, Day(2026, 11, 17), now)).Candles.Length.ShouldBe(1);

        Time.Set(MidSession.AddMinutes(138));
        (await FetchAsync("AAPL", BarInterval.OneDay, Day(2026, 11, 17), Time.GetUtcNow().UtcDateTime)).Candles.Length.ShouldBe(2);
    }

    [Fact]
    public async Task The_bars_of_IEX_are_there_at_once()
    {
        await StartAsync(("Providers:Alpaca:Feed", "iex"));
        var now = Time.GetUtcNow().UtcDateTime;
        (await FetchAsync("AAPL", BarInterval.FiveMinutes, now.Date, now)).Candles.Span[^1].Timestamp
            .ShouldBe(new DateTime(2026, 11, 18, 18, 55, 0, DateTimeKind.Utc));
    }

    [Fact]
    public async Task What_lies_before_its_history_is_left_to_the_next_provider()
    {
        await StartAsync();
        var failure = await FailureAsync("AAPL", Day(2015, 6, 1), Day(2017, 1, 1));
        (failure.Kind, failure.ServedFrom).ShouldBe((ProviderErrorKind.PlanLimit, Day(2016, 1, 1)));
        (await RequestsAsync("alpaca", "AAPL")).ShouldBe(0);

        await ConfigureAsync([.. Alone[..3]]);
        await TrackAsync("AAPL", "stock", "1d");
        (await EnrichAsync("AAPL", Day(2015, 12, 1), Day(2016, 2, 1))).Status.ShouldBe("succeeded");
        (await QueryAsync<string>("SELECT DISTINCT source FROM candles WHERE symbol = 'AAPL' AND ts >= '2016-01-01' UNION ALL SELECT DISTINCT source FROM candles WHERE symbol = 'AAPL' AND ts < '2016-01-01'"))
            .ShouldBe(["alpaca", "yahoo"]);
    }

    [Fact]
    public async Task History_under_former_names_is_the_companys_own_without_any_being_on_record()
    {
        await StartAsync();
        await TrackAsync("META", "stock", "1d");
        await NameFacebookAsync("polygon");
        var (from, to) = (Day(2022, 1, 24), Day(2022, 6, 16));
        ShouldAgree(await FetchAsync("META", BarInterval.OneDay, from, to), await FetchAsync("META", BarInterval.OneDay, from, to, "polygon"));
        ShouldAgree(await FetchAsync("META", BarInterval.OneHour, from, to), await FetchAsync("META", BarInterval.OneHour, from, to, "polygon"));
    }

    [Fact]
    public async Task A_name_on_record_is_asked_for_as_of_its_last_day()
    {
        await StartAsync();
        await TrackAsync("META", "stock", "1d");
        await NameFacebookAsync("polygon");
        await NameFacebookAsync("alpaca");
        var (from, to) = (Day(2022, 5, 2), Day(2022, 7, 1));
        var result = await FetchAsync("META", BarInterval.OneDay, from, to);

        result.Requests.ShouldBe(2);
        ShouldAgree(result, await FetchAsync("META", BarInterval.OneDay, from, to, "polygon"));
        (await FetchAsync("META", BarInterval.OneDay, from, Day(2022, 6, 1))).Candles.Length.ShouldBe(21);
    }

    [Fact]
    public async Task Only_shares_and_funds_of_the_United_States_are_its_own()
    {
        await StartAsync();
        Alpaca.Supports(Stock("AAPL"), BarInterval.FourHours).ShouldBeTrue();
        Alpaca.Supports(new(Symbol.Parse("SPY"), AssetClass.Etf), BarInterval.OneDay).ShouldBeTrue();
        Alpaca.Supports(Stock("AAPL"), BarInterval.OneWeek).ShouldBeFalse();
        Alpaca.Supports(Stock("EZJ.L"), BarInterval.OneDay).ShouldBeFalse();
        Alpaca.Supports(new(Symbol.Parse("^GSPC"), AssetClass.Index), BarInterval.OneDay).ShouldBeFalse();
        Alpaca.Supports(new(Symbol.Parse("BTC-USD"), AssetClass.Crypto), BarInterval.OneDay).ShouldBeFalse();
    }

    [Fact]
    public async Task It_is_asked_after_Polygon_and_before_Yahoo()
    {
        await StartAsync();
        await TrackAsync("AAPL", "stock", "1d");
        await FaultAsync(new { kind = "forbidden", provider = "polygon" });
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");

        (await CandlesAsync("AAPL", "1d")).ShouldAllBe(candle => candle.Source == "alpaca");
        (await RequestsAsync("yahoo", "AAPL")).ShouldBe(0);
    }

    [Fact]
    public async Task A_symbol_is_known_by_its_last_bar()
    {
        await StartAsync();
        (await Alpaca.LookUpAsync(Stock("AAPL"), Cancellation)).ShouldBe(new InstrumentFacts { Provider = "alpaca", Ticker = "AAPL", PriceUnit = "USD" });
        (await Alpaca.LookUpAsync(Stock("TWTR"), Cancellation))!.LastTraded.ShouldBe(new DateOnly(2022, 10, 27));
        (await Should.ThrowAsync<ProviderException>(() => Alpaca.LookUpAsync(Stock("NOSUCH"), Cancellation))).Kind.ShouldBe(ProviderErrorKind.UnknownSymbol);
    }

    [Fact]
    public async Task A_probe_is_one_request()
    {
        await StartAsync();
        await Alpaca.ProbeAsync(Cancellation);
        (await RequestsAsync("alpaca", "SPY")).ShouldBe(1);
        await FaultAsync(new { kind = "unauthorized", provider = "alpaca" });
        (await Should.ThrowAsync<ProviderException>(() => Alpaca.ProbeAsync(Cancellation))).Kind.ShouldBe(ProviderErrorKind.BadKey);
    }
}
