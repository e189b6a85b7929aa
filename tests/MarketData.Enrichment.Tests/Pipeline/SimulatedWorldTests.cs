using System.Globalization;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>What the warehouse makes of the simulator's standard world: its exchanges, its tickers, and what providers tell of its shares.</summary>
public sealed class SimulatedWorldTests(PostgresServer server) : PipelineTests(server)
{
    [Fact]
    public async Task Every_exchange_is_stored_by_its_own_days_and_hours()
    {
        At("2024-12-02T12:00:00Z");
        await ConfigureAsync(("Enrichment:History:OneHour", "60"), ("Enrichment:History:FiveMinutes", "40"));
        (string Symbol, string Class)[] symbols =
            [("EZJ.L", "stock"), ("0700.HK", "stock"), ("7203.T", "stock"), ("^N225", "index"), ("EURUSD=X", "fx")];
        foreach (var (symbol, assetClass) in symbols)
        {
            await TrackAsync(symbol, assetClass, "1d", "1h", "5m");
            (await EnrichAsync(symbol)).Status.ShouldBe("succeeded", symbol);

            foreach (var timeframe in (string[])["1d", "1h", "5m"])
                await ShouldBeEveryBarAsync(symbol, assetClass, timeframe);
        }

        // The last hour before London's 16:30, in summer time and a session later without it.
        (await LastOpeningAsync("EZJ.L", "1h", "2024-10-25")).ShouldBe("15:00");
        (await LastOpeningAsync("EZJ.L", "1h", "2024-10-28")).ShouldBe("16:00");
        // Tokyo closed at 15:00 until 4 November 2024, and closes at 15:30 since.
        (await LastOpeningAsync("^N225", "5m", "2024-11-01")).ShouldBe("05:55");
        (await LastOpeningAsync("^N225", "5m", "2024-11-05")).ShouldBe("06:25");
        (await OpeningsAsync("^N225", "1h", "2024-11-05")).ShouldBe(["00:00", "01:00", "02:00", "03:30", "04:30", "05:30"]);
        (await OpeningsAsync("0700.HK", "1h", "2024-11-05")).ShouldBe(["01:30", "02:30", "03:30", "05:00", "06:00", "07:00"]);
        (await CandlesAsync("^N225", "1d")).ShouldAllBe(candle => candle.Volume == 0 && candle.Validated && candle.Notes == null);
        (await CandlesAsync("EURUSD=X", "1d")).ShouldAllBe(candle => candle.Ts.DayOfWeek != DayOfWeek.Saturday && candle.Ts.DayOfWeek != DayOfWeek.Sunday);
    }

    [Fact]
    public async Task A_split_is_in_effect_once_on_the_day_of_its_price_however_it_is_listed()
    {
        foreach (var (symbol, from, split) in new[]
        {
            ("NVDA", "2021-05-03", "2021-07-20 1 4"),
            ("MA", "2013-11-04", "2014-01-22 1 10"),
            ("GME", "2022-05-02", "2022-07-22 1 4"),
            ("GE", "2021-05-03", "2021-08-02 8 1"),
            ("SIMTWICE", "2024-02-01", "2024-05-01 15 1"),
            ("SIMLATER", "2025-01-02", "2025-03-13 20 1"),
        })
        {
            await TrackAsync(symbol, "stock", "1d");
            (await EnrichAsync(symbol, Day(from), Day(from).AddMonths(6))).Status.ShouldBe("succeeded", symbol);

            (await SplitsAsync(symbol, from)).ShouldBe([split], symbol);
        }
    }

    [Fact]
    public async Task A_split_is_in_effect_once_whatever_fault_its_listing_has()
    {
        foreach (var (symbol, from, split, kind, sessions) in new (string, string, string, string, int?)[]
        {
            ("AAPL", "2020-06-01", "2020-08-31 1 4", "misdated_actions", -1),
            ("TSLA", "2020-06-01", "2020-08-31 1 5", "misdated_actions", 4),
            ("GOOGL", "2022-05-02", "2022-07-18 1 20", "missing_actions", null),
            ("AMZN", "2022-04-01", "2022-06-06 1 20", "repeated_actions", 1),
            ("V", "2015-01-02", "2015-03-19 1 4", "conflicting_actions", null),
            ("NVDA", "2024-03-01", "2024-06-10 1 10", "impossible_actions", null),
        })
        {
            await FaultAsync(new { kind, provider = "polygon", symbol, sessions, endpoint = "splits" });
            await TrackAsync(symbol, "stock", "1d");
            (await EnrichAsync(symbol, Day(from), Day(from).AddMonths(5))).Status.ShouldBe("succeeded", symbol);

            (await SplitsAsync(symbol, from)).ShouldBe([split], symbol);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_dividend_that_is_listed_twice_is_paid_once(int sessions)
    {
        await FaultAsync(new { kind = "repeated_actions", provider = "polygon", symbol = "JNJ", sessions, endpoint = "dividends" });
        await TrackAsync("JNJ", "stock", "1d");
        (await EnrichAsync("JNJ")).Status.ShouldBe("succeeded");

        var amounts = await QueryAsync<double>(
            "SELECT cash_amount FROM corporate_actions WHERE kind = 'dividend' AND ex_date BETWEEN '2025-11-01' AND '2026-10-31' ORDER BY ex_date");
        amounts.Count.ShouldBe(4);
        (await ScalarAsync<double>("SELECT max(cash_amount) FROM corporate_action_reports WHERE ex_date BETWEEN '2025-11-01' AND '2026-10-31'"))
            .ShouldBe(amounts.Max());
    }

    [Fact]
    public async Task Days_in_pounds_instead_of_pence_are_marked_and_no_others()
    {
        await FaultAsync(new { kind = "price_spike", symbol = "EZJ.L", factor = 0.01, from = "2020-04-22T00:00:00Z", to = "2020-04-25T00:00:00Z" });
        await TrackAsync("EZJ.L", "stock", "1d");
        (await EnrichAsync("EZJ.L", Day("2019-11-01"), Day("2020-08-03"))).Status.ShouldBe("succeeded");

        var marked = (await CandlesAsync("EZJ.L", "1d")).Where(candle => candle.Notes?.Contains("unit_shift") == true);
        marked.Select(candle => candle.Ts.Day).ShouldBe([22, 23, 24]);
    }

    [Theory]
    [InlineData("EZJ.L", "other_instrument", "identity_mismatch")]
    [InlineData("EZJ.L", "null_result", "chart.result")]
    public async Task What_is_wrong_with_an_answer_is_said(string symbol, string kind, string said)
    {
        await FaultAsync(new { kind, symbol });
        await TrackAsync(symbol, "stock", "1d");
        var job = await EnrichAsync(symbol);

        job.Status.ShouldBe("failed");
        job.Message.ShouldNotBeNull().ShouldContain(said);
        (await CandlesAsync(symbol, "1d")).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_plan_lacks_comes_from_the_next_provider()
    {
        await FaultAsync(new { kind = "plan_limit", to = "2026-09-01T00:00:00Z" });
        await TrackAsync("JPM", "stock", "1d");
        (await EnrichAsync("JPM")).Status.ShouldBe("succeeded");
        var candles = await CandlesAsync("JPM", "1d");

        candles[0].Ts.ShouldBeLessThan(Day("2026-07-01"));
        candles.Where(candle => candle.Ts < Day("2026-09-01")).ShouldAllBe(candle => candle.Source == "yahoo");
        candles.Count.ShouldBe((int)TradingCalendar.UsEquities.CountExpected(candles[0].Ts, Day("2026-11-18"), BarInterval.OneDay));
    }

    [Theory]
    [InlineData("Free", "2024-11-19")]
    [InlineData("starter", "2021-11-19")]
    [InlineData("Advanced", null)]
    public async Task A_plan_that_is_set_is_not_asked_for_more_than_it_gives(string plan, string? from)
    {
        await ConfigureAsync(("Providers:Polygon:Plan", plan), ("Enrichment:History:OneDay", "2200"));
        await TrackAsync("JPM", "stock", "1d");
        (await EnrichAsync("JPM")).Status.ShouldBe("succeeded");
        var candles = await CandlesAsync("JPM", "1d");

        candles[0].Ts.ShouldBeLessThan(Day("2020-12-31"));
        candles.Where(candle => from is null || candle.Ts >= Day(from)).ShouldAllBe(candle => candle.Source == "polygon");
        candles.Where(candle => from is not null && candle.Ts < Day(from)).ShouldAllBe(candle => candle.Source == "yahoo");
        candles.Count.ShouldBe((int)TradingCalendar.UsEquities.CountExpected(candles[0].Ts, Day("2026-11-18"), BarInterval.OneDay));
        (await ScalarAsync<bool>("SELECT coalesce(bool_or(error_message LIKE '%Providers:Polygon:Plan%'), false) FROM enrichment_fetch_log"))
            .ShouldBe(from is not null);
    }

    [Theory]
    [InlineData("2025-03-19T02:00:00Z", "2025-03-07 merged")]
    [InlineData("2025-03-21T02:00:00Z", "2025-03-13 in_effect")]
    public async Task A_split_that_Polygon_corrects_is_the_same_before_and_after(string now, string report)
    {
        At(now);
        await TrackAsync("SIMLATER", "stock", "1d");
        (await EnrichAsync("SIMLATER")).Status.ShouldBe("succeeded");

        (await SplitsAsync("SIMLATER", "2025-01-02")).ShouldBe(["2025-03-13 20 1"]);
        (await QueryAsync<string>("SELECT ex_date || ' ' || state FROM corporate_action_reports WHERE provider = 'polygon'")).ShouldBe([report]);
    }

    [Fact]
    public async Task Dividends_of_two_currencies_are_not_taken_for_the_prices()
    {
        foreach (var symbol in (string[])["TM", "HSBA.L", "EZJ.L"])
        {
            await TrackAsync(symbol, "stock", "1d");
            (await EnrichAsync(symbol, Day("2025-01-02"), Day("2026-11-01"))).Status.ShouldBe("succeeded", symbol);
        }

        (await CurrenciesAsync("TM")).ShouldBe(["JPY unconverted"]);
        (await CurrenciesAsync("HSBA.L")).ShouldBe(["USD unconverted"]);
        (await CurrenciesAsync("EZJ.L")).ShouldBe(["GBp in_effect"]);
    }

    [Theory]
    // Polygon has a fund under META until January 2022.
    [InlineData("META", "2021-05-03", "FB,META")]
    [InlineData("GEN", "2019-05-01", "SYMC,NLOK,GEN")]
    public async Task A_renamed_company_has_its_history_under_every_name(string symbol, string from, string tickers)
    {
        await TrackAsync(symbol, "stock", "1d");
        (await EnrichAsync(symbol, Day(from), Day("2023-06-01"))).Status.ShouldBe("succeeded");

        var candles = await CandlesAsync(symbol, "1d");
        candles.Count.ShouldBe((int)TradingCalendar.UsEquities.CountExpected(Day(from), Day("2023-06-01"), BarInterval.OneDay));
        candles.ShouldAllBe(candle => candle.Source == "polygon");
        (await QueryAsync<string>(
            "SELECT provider_symbol FROM instrument_aliases WHERE symbol = @symbol AND source = 'ticker_events' ORDER BY valid_from", new { symbol }))
            .ShouldBe(tickers.Split(','));
        foreach (var (candle, before) in candles.Skip(1).Zip(candles))
            (candle.Open / before.Close).ShouldBeInRange(0.6, 1.6);
    }

    [Fact]
    public async Task A_reused_ticker_is_pointed_out()
    {
        await TrackAsync("DOW", "stock", "1d");
        (await EnrichAsync("DOW", Day("2017-05-01"), Day("2019-09-03"))).Status.ShouldBe("succeeded");

        var marked = (await CandlesAsync("DOW", "1d")).Where(candle => candle.Notes?.Contains("possible_ticker_reuse") == true);
        marked.Select(candle => candle.Ts).ShouldBe([Day("2019-03-20")]);
    }

    [Fact]
    public async Task What_is_delisted_keeps_its_history()
    {
        await TrackAsync("TWTR", "stock", "1d");
        (await EnrichAsync("TWTR", Day("2022-01-03"), Day("2022-10-28"))).Status.ShouldBe("succeeded");
        var job = await EnrichAsync("TWTR");

        (await CandlesAsync("TWTR", "1d"))[^1].Ts.ShouldBe(Day("2022-10-27"));
        job.Status.ShouldBe("failed");
        job.Message.ShouldNotBeNull().ShouldContain("Delisted or renamed? No provider knows TWTR any more; its last candle is of 2022-10-27.");
    }

    private void At(string now) => Time.Set(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture));

    private async Task ShouldBeEveryBarAsync(string symbol, string assetClass, string timeframe)
    {
        var instrument = new Instrument(Symbol.Parse(symbol), AssetClassNames.Parse(assetClass));
        var (calendar, interval) = (TradingCalendar.For(instrument), BarIntervals.Parse(timeframe));
        var stamps = (await CandlesAsync(symbol, timeframe)).Select(candle => candle.Ts).ToList();

        stamps.Count.ShouldBeGreaterThan(20);
        stamps.ShouldBe(calendar.Expected(stamps[0], calendar.LastClosed(Time.GetUtcNow().UtcDateTime, interval).AddTicks(1), interval), $"{symbol} {timeframe}");
    }

    private async Task<IReadOnlyList<string>> OpeningsAsync(string symbol, string timeframe, string day) =>
        [.. (await CandlesAsync(symbol, timeframe)).Where(candle => candle.Ts.Date == Day(day)).Select(candle => candle.Ts.ToString("HH:mm", CultureInfo.InvariantCulture))];

    private async Task<string> LastOpeningAsync(string symbol, string timeframe, string day) => (await OpeningsAsync(symbol, timeframe, day))[^1];

    private Task<IReadOnlyList<string>> SplitsAsync(string symbol, string from) => QueryAsync<string>(
        """
        SELECT concat_ws(' ', ex_date, ratio_from, ratio_to) FROM corporate_actions
        WHERE symbol = @symbol AND kind = 'split' AND ex_date BETWEEN @day AND @day + 240 ORDER BY ex_date
        """,
        new { symbol, day = DateOnly.FromDateTime(Day(from)) });

    private Task<IReadOnlyList<string>> CurrenciesAsync(string symbol) => QueryAsync<string>(
        "SELECT DISTINCT currency || ' ' || state FROM corporate_action_reports WHERE symbol = @symbol AND ex_date BETWEEN '2025-02-01' AND '2026-10-01'",
        new { symbol });

    private static DateTime Day(string date) =>
        DateTime.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
