using System.Globalization;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Symbols;
using MarketData.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>What a symbol is, what providers call it and when, and whether they answer for it, through their true wire formats.</summary>
public sealed class IdentityTests(PostgresServer server) : PipelineTests(server)
{
    private static readonly TickerServer.Meta NewYork = new("America/New_York", "USD", "EQUITY");

    [Fact]
    public async Task Before_a_change_of_ticker_the_former_name_is_asked_for_and_no_other_company_has_its_place()
    {
        await using var wire = await ServeAsync();
        // Another company had the name before; of the former name Polygon has nothing.
        wire.Polygon["META"] = [.. Days("2022-01-03", "2022-01-28", 12.31), .. Days("2022-06-09", "2022-06-30", 184)];
        wire.Yahoo["META"] = (NewYork, Stamped(Days("2021-12-01", "2022-06-30", 301.71), "America/New_York", 9.5));
        await TrackAsync("META", "stock", "1d");
        (await EnrichAsync("META", Day("2021-12-01"), Day("2022-07-01"))).Status.ShouldBe("succeeded");

        var candles = await CandlesAsync("META", "1d");
        candles.Select(candle => candle.Ts).ShouldBe(Sessions("2021-12-01", "2022-06-30"));
        candles.Where(candle => candle.Ts < Day("2022-06-09")).ShouldAllBe(candle => candle.Close == 301.71 && candle.Source == "yahoo");
        candles.Where(candle => candle.Ts >= Day("2022-06-09")).ShouldAllBe(candle => candle.Close == 184 && candle.Source == "polygon");
        wire.Asked.ShouldContain("polygon FB");
    }

    [Fact]
    public async Task Changes_of_ticker_that_a_provider_tells_of_are_followed()
    {
        await using var wire = await ServeAsync();
        wire.Events["GEN"] = [("GEN", "2022-11-08"), ("NLOK", "2019-11-05"), ("SYMC", "2003-09-10")];
        wire.Polygon["SYMC"] = Days("2019-10-01", "2019-11-04", 23);
        wire.Polygon["NLOK"] = Days("2019-11-05", "2022-11-07", 21);
        // Another company's, before it was this one's name.
        wire.Polygon["GEN"] = [.. Days("2019-10-01", "2019-12-31", 3), .. Days("2022-11-08", "2022-11-30", 22)];
        await TrackAsync("GEN", "stock", "1d");
        (await EnrichAsync("GEN", Day("2019-10-01"), Day("2022-12-01"))).Status.ShouldBe("succeeded");

        var candles = await CandlesAsync("GEN", "1d");
        candles.Select(candle => candle.Ts).ShouldBe(Sessions("2019-10-01", "2022-11-30"));
        candles.ShouldAllBe(candle => candle.Close == (candle.Ts < Day("2019-11-05") ? 23 : candle.Ts < Day("2022-11-08") ? 21 : 22));
        (await QueryAsync<string>("SELECT concat_ws(' ', provider, provider_symbol, valid_from, valid_to, source) FROM instrument_aliases ORDER BY valid_from"))
            .ShouldBe(
            [
                "polygon SYMC 2003-09-10 2019-11-04 ticker_events", "polygon NLOK 2019-11-05 2022-11-07 ticker_events", "polygon GEN 2022-11-08 ticker_events",
            ]);
    }

    [Fact]
    public async Task What_a_person_entered_outranks_what_a_provider_tells()
    {
        await using var wire = await ServeAsync();
        wire.Events["NEW"] = [("NEW", "2024-03-01"), ("OLD", "2010-01-04")];
        wire.Polygon["OLD"] = Days("2024-01-02", "2024-02-29", 5);
        wire.Polygon["TRUE"] = Days("2024-01-02", "2024-02-29", 7);
        wire.Polygon["NEW"] = Days("2024-03-01", "2024-03-28", 8);
        await TrackAsync("NEW", "stock", "1d");
        var entered = new TickerAlias("polygon", "TRUE", new DateOnly(2024, 2, 1), new DateOnly(2024, 2, 29), AliasSource.Person);
        await new AliasStore(Database).ReplaceAsync(Symbol.Parse("NEW"), "polygon", AliasSource.Person, [entered], "somebody", Cancellation);
        (await EnrichAsync("NEW", Day("2024-01-02"), Day("2024-03-29"))).Status.ShouldBe("succeeded");

        (await CandlesAsync("NEW", "1d")).ShouldAllBe(candle => candle.Close == (candle.Ts < Day("2024-02-01") ? 5 : candle.Ts < Day("2024-03-01") ? 7 : 8));
        (await CandlesAsync("NEW", "1d")).Count.ShouldBe(Sessions("2024-01-02", "2024-03-28").Count);
    }

    [Fact]
    public async Task Every_session_of_QQQ_is_had_under_the_name_that_it_had_then()
    {
        await using var wire = await ServeAsync();
        wire.Polygon["QQQ"] = [.. Days("1999-03-10", "2004-11-30", 50), .. Days("2011-03-23", "2012-12-31", 57)];
        wire.Polygon["QQQQ"] = Days("2004-12-01", "2011-03-22", 40);
        await TrackAsync("QQQ", "etf", "1d");
        (await EnrichAsync("QQQ", Day("1999-03-10"), Day("2013-01-01"))).Status.ShouldBe("succeeded");

        (await CandlesAsync("QQQ", "1d")).Select(candle => candle.Ts).ShouldBe(Sessions("1999-03-10", "2012-12-31"));
        (await ScalarAsync<long>("SELECT count(*) FROM gaps")).ShouldBe(0);
    }

    [Theory]
    [InlineData("EZJ.L", "EZJ.L")]
    [InlineData("7203.T", "7203.T")]
    [InlineData("BRK.B", "BRK-B")]
    [InlineData("BF.B", "BF-B")]
    public async Task Yahoo_is_asked_by_the_exchanges_suffix_or_the_share_class(string symbol, string asked)
    {
        await using var wire = await ServeAsync();
        await TrackAsync(symbol, "stock", "1d");
        await EnrichAsync(symbol);

        wire.Asked.Where(one => one.StartsWith("yahoo", StringComparison.Ordinal)).Distinct().ShouldBe(["yahoo " + asked]);
    }

    [Theory]
    [InlineData("EZJ.L", "stock", "Europe/London", "GBp", "EQUITY", 8)]
    [InlineData("^HSI", "index", "Asia/Hong_Kong", "HKD", "INDEX", 9.5)]
    [InlineData("^HSI", "stock", "Asia/Hong_Kong", "HKD", "INDEX", 9.5)]
    [InlineData("^VIX", "index", "America/Chicago", "USD", "INDEX", 8.5)]
    [InlineData("^VIX", "stock", "America/Chicago", "USD", "INDEX", 8.5)]
    [InlineData("^STOXX50E", "index", "Europe/Zurich", "EUR", "INDEX", 9)]
    [InlineData("7203.T", "stock", "Asia/Tokyo", "JPY", "EQUITY", 9)]
    [InlineData("BHP.AX", "stock", "Australia/Sydney", "AUD", "EQUITY", 10)]
    [InlineData("RELIANCE.NS", "stock", "Asia/Calcutta", "INR", "EQUITY", 9.25)]
    [InlineData("EURUSD=X", "fx", "Europe/London", "USD", "CURRENCY", 0)]
    [InlineData("JPY=X", "fx", "Europe/London", "JPY", "CURRENCY", 0)]
    public async Task A_day_is_the_one_that_it_was_on_its_exchange(
        string symbol, string assetClass, string zone, string currency, string type, double hours)
    {
        await using var wire = await ServeAsync();
        var instrument = new Instrument(Symbol.Parse(symbol), AssetClassNames.Parse(assetClass));
        // Days of summer and of winter, at both ends of summer time.
        var days = TradingCalendar.For(instrument).Expected(Day("2026-03-02"), Day("2026-11-14"), BarInterval.OneDay)
            .Select((day, i) => new TickerServer.Day(day, 100 + i % 5))
            .ToList();
        wire.Yahoo[symbol] = (new(zone, currency, type), Stamped(days, zone, hours));
        await TrackAsync(symbol, assetClass, "1d");
        (await EnrichAsync(symbol, Day("2026-03-02"), Day("2026-11-14"))).Message.ShouldBeNull();

        (await CandlesAsync(symbol, "1d")).Select(candle => (candle.Ts, candle.Close)).ShouldBe(days.Select(day => (day.Stamp, day.Price)));
        (await ScalarAsync<long>("SELECT count(*) FROM rejected_candles")).ShouldBe(0);
        (await ScalarAsync<long>("SELECT count(*) FROM gaps")).ShouldBe(0);
    }

    [Fact]
    public async Task A_dividend_is_of_the_day_that_it_was_on_its_exchange_and_in_the_unit_of_its_price()
    {
        await using var wire = await ServeAsync();
        var days = TradingCalendar.For(new Instrument(Symbol.Parse("BHP.AX"), AssetClass.Stock))
            .Expected(Day("2026-08-03"), Day("2026-09-30"), BarInterval.OneDay).Select(day => new TickerServer.Day(day, 40)).ToList();
        wire.Yahoo["BHP.AX"] = (new("Australia/Sydney", "AUD", "EQUITY"), Stamped(days, "Australia/Sydney", 10));
        // In January ten o'clock in Sydney is the evening before in UTC; in September it is midnight.
        wire.Dividends["BHP.AX"] = [.. Stamped([new(Day("2026-09-03"), 0)], "Australia/Sydney", 9).Select(day => (day.Stamp, 0.6))];
        await TrackAsync("BHP.AX", "stock", "1d");
        (await EnrichAsync("BHP.AX", Day("2026-08-03"), Day("2026-10-01"))).Message.ShouldBeNull();

        (await QueryAsync<string>("SELECT concat_ws(' ', ex_date, cash_amount, currency, state) FROM corporate_action_reports"))
            .ShouldBe(["2026-09-03 0.6 AUD in_effect"]);
    }

    [Theory]
    [InlineData("Europe/London", "USD", "EQUITY", "AAPL", "the time zone is Europe/London instead of America/New_York")]
    [InlineData("America/New_York", "EUR", "EQUITY", "AAPL", "prices are in EUR instead of USD")]
    [InlineData("America/New_York", "USD", "CRYPTOCURRENCY", "AAPL", "it is of the type CRYPTOCURRENCY instead of stock")]
    [InlineData("America/New_York", "USD", "EQUITY", "APPL", "the symbol is APPL instead of AAPL")]
    public async Task An_answer_for_something_else_stores_nothing_and_says_what_differs(
        string zone, string currency, string type, string symbol, string difference)
    {
        await using var wire = await ServeAsync();
        wire.Yahoo["AAPL"] = (new(zone, currency, type, symbol), Stamped(Days("2026-09-01", "2026-11-17", 230), zone, 9.5));
        await TrackAsync("AAPL", "stock", "1d");
        await ShouldBeRefusedAsync("AAPL", "yahoo", difference);
    }

    [Fact]
    public async Task Pounds_are_not_stored_as_pence()
    {
        await using var wire = await ServeAsync();
        wire.Yahoo["EZJ.L"] = (new("Europe/London", "GBP", "EQUITY"), Stamped(Days("2026-09-01", "2026-11-17", 5.3), "Europe/London", 8));
        await TrackAsync("EZJ.L", "stock", "1d");
        await ShouldBeRefusedAsync("EZJ.L", "yahoo", "prices are in GBP instead of GBp");
    }

    [Fact]
    public async Task Polygons_answer_for_another_ticker_stores_nothing_whatever_the_next_provider_has()
    {
        await using var wire = await ServeAsync();
        wire.Polygon["AAPL"] = Days("2026-09-01", "2026-11-17", 230);
        wire.PolygonTicker = "AAPD";
        wire.Yahoo["AAPL"] = (NewYork, Stamped(Days("2026-09-01", "2026-11-17", 230), "America/New_York", 9.5));
        await TrackAsync("AAPL", "stock", "1d");
        await ShouldBeRefusedAsync("AAPL", "polygon", "the symbol is AAPD instead of AAPL");
    }

    [Fact]
    public async Task Of_a_symbol_that_nobody_could_be_asked_about_the_first_answer_tells_the_unit_of_prices()
    {
        await using var wire = await ServeAsync();
        wire.Yahoo["VUSA.L"] = (new("Europe/London", "GBP", "ETF"), Stamped(Days("2026-09-01", "2026-11-13", 92), "Europe/London", 8));
        (await new SymbolStore(Database).AddAsync("VUSA.L", "etf", null, ["1d"], Cancellation)).ShouldNotBeNull()
            .ShouldSatisfyAllConditions(added => added.Status.ShouldBe("unverified"), added => added.PriceUnit.ShouldBe("GBp"));
        (await EnrichAsync("VUSA.L")).Message.ShouldBeNull();
        (await EnrichAsync("VUSA.L")).Message.ShouldBeNull();

        (await QueryAsync<string>("SELECT concat_ws(' ', status, currency, price_unit) FROM instruments")).ShouldBe(["active GBP GBP"]);
        (await CandlesAsync("VUSA.L", "1d")).ShouldAllBe(candle => candle.Close == 92);
    }

    [Fact]
    public async Task A_right_answer_confirms_the_record()
    {
        await using var wire = await ServeAsync();
        wire.Yahoo["EZJ.L"] = (new("Europe/London", "GBp", "EQUITY"), Stamped(Days("2026-09-01", "2026-11-17", 530), "Europe/London", 8));
        await TrackAsync("EZJ.L", "stock", "1d");
        (await EnrichAsync("EZJ.L")).Message.ShouldBeNull();

        (await QueryAsync<string>("SELECT concat_ws(' ', exchange, currency, price_unit, zone, instrument_type, status) FROM instruments"))
            .ShouldBe(["XLON GBP GBp Europe/London EQUITY active"]);
        (await QueryAsync<string>("SELECT fact || ' ' || confirmed_by FROM instrument_facts ORDER BY fact")).ShouldBe(
            ["currency yahoo", "exchange rule", "instrument_type yahoo", "price_unit yahoo", "zone yahoo"]);
    }

    [Fact]
    public async Task A_history_that_began_before_the_clock_of_computers_is_fetched_from_its_first_day()
    {
        await using var wire = await ServeAsync(("Enrichment:History:OneDay", "36500"), ("Enrichment:History:OneWeek", "36500"));
        string[] parts = ["1927-12-30 1928-01-31", "1969-12-01 1970-01-31", "2026-10-01 2026-11-17"];
        var days = parts.SelectMany(part => Days(part.Split(' ')[0], part.Split(' ')[1], 100)).ToList();
        wire.Yahoo["^GSPC"] = (new("America/New_York", "USD", "INDEX"), Stamped(days, "America/New_York", 9.5));
        await TrackAsync("^GSPC", "index", "1d", "1w");
        (await EnrichAsync("^GSPC")).Message.ShouldBeNull();

        (await CandlesAsync("^GSPC", "1d")).Select(candle => candle.Ts).ShouldBe(days.Select(day => day.Stamp));
        var weeks = await CandlesAsync("^GSPC", "1w");
        weeks[0].Ts.ShouldBe(Day("1927-12-26"));
        weeks.ShouldContain(week => week.Ts == Day("1969-12-29"));
    }

    private async Task ShouldBeRefusedAsync(string symbol, string provider, string difference)
    {
        var job = await EnrichAsync(symbol);

        (job.Status, job.Kind, job.Attempt).ShouldBe(("failed", "permanent", 1));
        job.Message.ShouldNotBeNull().ShouldContain($"{provider}: answered for another instrument than is on record (identity_mismatch): {difference}.");
        job.Advice.ShouldNotBeNull().ShouldContain("record");
        (await CandlesAsync(symbol, "1d")).ShouldBeEmpty();
        // No fault of the provider's: others are asked for as before.
        Services.GetServices<ProviderGate>().ShouldAllBe(gate => gate.Read().Resilience!.CircuitState == "closed");
    }

    [Theory]
    [InlineData(AliasSource.Person)]
    [InlineData(AliasSource.TickerEvents)]
    [InlineData(AliasSource.BuiltIn)]
    public async Task What_was_stored_under_another_companys_name_is_replaced_once_the_name_is_known(AliasSource source)
    {
        await using var wire = await ServeAsync(("Enrichment:History:OneWeek", "3000"));
        wire.Polygon["META"] = [.. Days("2022-01-03", "2022-01-28", 12.31), .. Days("2022-06-09", "2022-06-30", 184)];
        // Of one day nobody else has anything.
        var days = Days("2022-01-03", "2022-06-30", 301.71).Where(day => day.Stamp != Day("2022-01-20"));
        wire.Yahoo["META"] = (NewYork, Stamped(days, "America/New_York", 9.5));
        await TrackAsync("META", "stock", "1d", "1w");
        await ForgetAliasesAsync();
        (await EnrichAsync("META", Day("2022-01-03"), Day("2022-07-01"))).Status.ShouldBe("succeeded");
        (await CandlesAsync("META", "1d")).Count(candle => candle.Close == 12.31).ShouldBe(Sessions("2022-01-03", "2022-01-28").Count);

        switch (source)
        {
            case AliasSource.Person:
                var former = new TickerAlias("polygon", "FB", null, new DateOnly(2022, 6, 8), AliasSource.Person);
                await new AliasStore(Database).EnterAsync(Symbol.Parse("META"), former, "somebody", Cancellation);
                break;
            case AliasSource.TickerEvents:
                wire.Events["META"] = [("META", "2022-06-09"), ("FB", "2012-05-18")];
                await ExecuteAsync("UPDATE symbols SET aliases_checked_at = NULL, actions_checked_at = NULL");
                break;
            default:
                // As a node does when it starts.
                await new InstrumentStore(Database).FillAsync(null, Cancellation);
                break;
        }

        var job = await EnrichAsync("META");
        job.Status.ShouldBe("succeeded", job.Message);
        var candles = await CandlesAsync("META", "1d");
        candles.Select(candle => candle.Ts).ShouldBe(Sessions("2022-01-03", "2022-06-30"));
        candles.Where(candle => candle.Ts < Day("2022-06-09") && candle.Ts != Day("2022-01-20"))
            .ShouldAllBe(candle => candle.Close == 301.71 && candle.Source == "yahoo");
        candles.Where(candle => candle.Ts >= Day("2022-06-09")).ShouldAllBe(candle => candle.Close == 184 && candle.Source == "polygon");
        var alone = candles.Single(candle => candle.Ts == Day("2022-01-20"));
        (alone.Close, alone.Validated).ShouldBe((12.31, false));
        alone.Notes.ShouldNotBeNull().ShouldContain("provider_disagreement");

        // As before, for who asks as of then; said with the fetch; and done once.
        (await ScalarAsync<long>("SELECT count(*) FROM candle_revisions WHERE symbol = 'META' AND timeframe = '1d' AND close = 12.31"))
            .ShouldBe(Sessions("2022-01-03", "2022-01-28").Count - 1);
        (await CandlesAsync("META", "1w"))[0].Close.ShouldBe(301.71);
        (await ScalarAsync<bool>("SELECT bool_or(error_message LIKE 'Asked for again: polygon%') FROM enrichment_fetch_log WHERE success")).ShouldBeTrue();
        (await ScalarAsync<long>("SELECT count(*) FROM backfill_state WHERE status <> 'completed' OR distrusts IS NOT NULL")).ShouldBe(0);
    }

    [Fact]
    public async Task A_name_that_changes_nothing_has_nothing_asked_again()
    {
        await using var wire = await ServeAsync();
        wire.Polygon["GEN"] = Days("2022-11-08", "2022-11-30", 22);
        await TrackAsync("GEN", "stock", "1d");
        await EnrichAsync("GEN", Day("2022-11-01"), Day("2022-12-01"));
        var aliases = new AliasStore(Database);
        await aliases.EnterAsync(
            Symbol.Parse("GEN"), new TickerAlias("polygon", "GEN", new DateOnly(2022, 11, 8), null, AliasSource.Person), "somebody", Cancellation);
        await aliases.EnterAsync(
            Symbol.Parse("GEN"), new TickerAlias("polygon", "NLOK", null, new DateOnly(2022, 11, 7), AliasSource.Person), "somebody", Cancellation);
        (await ScalarAsync<long>("SELECT count(*) FROM backfill_state WHERE status = 'running'")).ShouldBe(0);

        // One that is taken back has its days asked again under the name that counts then.
        await aliases.EnterAsync(
            Symbol.Parse("GEN"), new TickerAlias("polygon", "WRONG", new DateOnly(2022, 11, 8), new DateOnly(2022, 11, 15), AliasSource.Person), "somebody",
            Cancellation);
        (await QueryAsync<string>("SELECT concat_ws(' ', start_date::date, end_date::date, distrusts) FROM backfill_state WHERE status = 'running'"))
            .ShouldBe(["2022-11-08 2022-11-16 polygon"]);
    }

    // As in a database that was filled before anybody knew.
    private async Task ForgetAliasesAsync()
    {
        await new InstrumentStore(Database).FillAsync(null, Cancellation);
        await ExecuteAsync("DELETE FROM instrument_aliases");
    }

    private async Task<TickerServer> ServeAsync(params (string Name, string Value)[] settings)
    {
        var wire = await TickerServer.StartAsync(Cancellation);
        await ConfigureAsync(
        [
            ("Providers:Polygon:BaseUrl", wire.Address + "/polygon"), ("Providers:Yahoo:BaseUrl", wire.Address + "/yahoo"),
            ("Providers:Yahoo:Resilience:CircuitBreaker:ConsecutiveFailures", "2"), ("Providers:Polygon:Resilience:CircuitBreaker:ConsecutiveFailures", "2"),
            .. settings,
        ]);
        return wire;
    }

    private static IReadOnlyList<TickerServer.Day> Days(string first, string last, double price) =>
        [.. Sessions(first, last).Select(day => new TickerServer.Day(day, price))];

    private static IReadOnlyList<DateTime> Sessions(string first, string last) =>
        [.. TradingCalendar.UsEquities.Expected(Day(first), Day(last).AddDays(1), BarInterval.OneDay)];

    // As Yahoo stamps days: with an hour of the exchange's own clock.
    private static IReadOnlyList<TickerServer.Day> Stamped(IEnumerable<TickerServer.Day> days, string zone, double hours)
    {
        var clock = TimeZoneInfo.FindSystemTimeZoneById(zone);
        return [.. days.Select(day => day with { Stamp = TimeZoneInfo.ConvertTimeToUtc(DateTime.SpecifyKind(day.Stamp.AddHours(hours), DateTimeKind.Unspecified), clock) })];
    }

    private static DateTime Day(string date) =>
        DateTime.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
