using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using MarketData.Storage.Symbols;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>
/// Prices in another unit, at the beginning of a series, and of another instrument, as they are judged when they come and afterwards.
/// </summary>
public sealed class JumpTests(PostgresServer server) : PipelineTests(server)
{
    private static readonly TradingCalendar London = TradingCalendar.For(new Instrument(Symbol.Parse("EZJ.L"), AssetClass.Stock));

    private readonly List<(DateTime Date, double Open, double High, double Low, double Close, double Volume)> _days = [];

    [Fact]
    public async Task Three_days_in_pounds_are_marked_and_not_the_return_to_pence()
    {
        Add(new DateTime(2019, 10, 1), new DateTime(2020, 8, 1), i => 600 + i % 7 * 2);
        (int Day, double Close)[] april = [(20, 612.20), (21, 609.60), (22, 5.854), (23, 5.872), (24, 5.730), (27, 580.1)];
        foreach (var (day, close) in april)
            Replace(new DateTime(2020, 4, day), close);
        await using var wire = await ServeAsync(new DateTime(2020, 7, 6));
        await EnrichedAsync();

        (await MarkedAsync("unit_shift")).ShouldBe([Utc(2020, 4, 22), Utc(2020, 4, 23), Utc(2020, 4, 24)]);
        (await NotedAsync()).ShouldAllBe(candle => candle.Notes!.Single() == "unit_shift" && candle.Score == 0.7 && !candle.Validated);
    }

    [Theory]
    [InlineData(0.01, 12)]
    [InlineData(100, 19)]
    [InlineData(0.001, 5)]
    [InlineData(10, 8)]
    public async Task A_stretch_that_comes_bit_by_bit_is_marked_when_it_has_ended(double factor, int length)
    {
        Add(new DateTime(2021, 9, 1), new DateTime(2022, 8, 1), i => 600 + i % 7 * 2);
        var first = _days.FindIndex(day => day.Date >= new DateTime(2022, 4, 4));
        for (var i = first; i < first + length; i++)
            Replace(_days[i].Date, _days[i].Close * factor);
        await using var wire = await ServeAsync(_days[first + length / 2].Date.AddHours(10));
        await EnrichedAsync();
        (await MarkedAsync(factor == 10 ? "suspected_split" : "unit_shift")).ShouldBe([_days[first].Date]);
        Time.Set(new DateTimeOffset(_days[first + length + 1].Date.AddHours(10), TimeSpan.Zero));
        await EnrichedAsync();
        (await MarkedAsync("unit_shift")).ShouldBe(_days.Skip(first).Take(length).Select(day => day.Date));
        (await NotedAsync()).Count.ShouldBe(length);

        // Nor does a later run, or one of that time alone, see it otherwise.
        Time.Set(new DateTimeOffset(_days[first + length + 9].Date.AddHours(10), TimeSpan.Zero));
        await EnrichedAsync();
        (await EnrichAsync("EZJ.L", _days[first + length - 2].Date, _days[first + length].Date)).Status.ShouldBe("succeeded");
        (await MarkedAsync("unit_shift")).ShouldBe(_days.Skip(first).Take(length).Select(day => day.Date));
        (await NotedAsync()).Count.ShouldBe(length);
    }

    [Fact]
    public async Task A_stretch_of_hours_is_marked_over_days()
    {
        await ConfigureAsync(("Enrichment:History:OneHour", "120"));
        var (from, to) = (MidSession.AddDays(-15), MidSession.AddDays(-3));
        await FaultAsync(new { kind = "revised_prices", provider = "polygon", symbol = "AAPL", from, to, factor = 0.01 });
        await TrackAsync("AAPL", "stock", "1h");
        foreach (var days in (int[])[-13, -9, -4, 0])
        {
            Time.Set(MidSession.AddDays(days));
            (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");
        }

        var hours = await CandlesAsync("AAPL", "1h");
        hours.Count(hour => hour.Ts >= from && hour.Ts < to).ShouldBeGreaterThan(50);
        foreach (var hour in hours)
            (hour.Notes?.Contains("unit_shift") == true).ShouldBe(hour.Ts >= from && hour.Ts < to, $"{hour.Ts:u}");
    }

    [Fact]
    public async Task The_first_days_of_a_new_listing_are_judged_by_those_that_follow()
    {
        Add(new DateTime(2022, 3, 7), new DateTime(2022, 6, 30), i => 20 + i % 5 * 0.1);
        Replace(_days[6].Date, 27.5);
        await using var wire = await ServeAsync(_days[12].Date.AddHours(10));
        await EnrichedAsync();
        (await NotedAsync()).ShouldBeEmpty();
        for (var day = 14; day < 40; day += 4)
        {
            Time.Set(new DateTimeOffset(_days[day].Date.AddHours(10), TimeSpan.Zero));
            await EnrichedAsync();
        }

        (await MarkedAsync("price_anomaly")).ShouldBe([_days[6].Date, _days[7].Date]);
    }

    [Theory]
    [InlineData(184.00, true)]
    [InlineData(12.90, false)]
    public async Task Behind_a_long_gap_another_level_may_be_another_company(double close, bool isOther)
    {
        Add(new DateTime(2021, 12, 1), new DateTime(2022, 1, 29), i => 12.31 + i % 3 * 0.05);
        var first = _days.Count;
        Add(new DateTime(2022, 6, 9), new DateTime(2022, 9, 1), i => close + i % 3 * 0.2);
        await using var wire = await ServeAsync(new DateTime(2022, 8, 29, 10, 0, 0));
        await EnrichedAsync();

        (await MarkedAsync("possible_ticker_reuse")).ShouldBe(isOther ? [_days[first].Date] : []);
        (await NotedAsync()).Select(candle => candle.Ts).ShouldBe([_days[first].Date]);
    }

    [Fact]
    public async Task A_history_that_was_cut_behind_the_gap_stays_cut_whatever_is_asked_for()
    {
        Add(new DateTime(2021, 12, 1), new DateTime(2022, 1, 29), i => 12.31 + i % 3 * 0.05);
        var first = _days.Count;
        Add(new DateTime(2022, 6, 9), new DateTime(2022, 9, 1), i => 184 + i % 3 * 0.2);
        await using var wire = await ServeAsync(new DateTime(2022, 8, 29, 10, 0, 0));
        await ExecuteAsync("UPDATE symbols SET timeframes = '{1d,1w}'");
        await EnrichedAsync();
        (await QueryAsync<string>("SELECT kind || ' ' || day FROM attention_items")).ShouldBe(["possible_ticker_reuse 2022-06-09"]);

        var cut = new HistoryCut(Database, new CandleRetention(Database), new CorporateActionStore(Database));
        var instrument = new Instrument(Symbol.Parse("EZJ.L"), AssetClass.Stock);
        (await cut.CutAsync(instrument, new DateOnly(2022, 6, 9), "Ada", Cancellation)).ShouldNotBeNull().CandlesDeleted.ShouldBeGreaterThan(first);
        (await QueryAsync<string>("SELECT kind FROM attention_items")).ShouldBeEmpty();

        await EnrichedAsync();
        (await EnrichAsync("EZJ.L", Utc(2021, 12, 1), Utc(2022, 7, 1))).Status.ShouldBe("succeeded");

        (await CandlesAsync("EZJ.L", "1d")).Select(candle => candle.Ts).ShouldBe(_days.Skip(first).Select(day => day.Date).Where(day => day < new DateTime(2022, 8, 29)));
        // The week of the cut has the days that stayed, and is not called incomplete for those that went.
        var weeks = await CandlesAsync("EZJ.L", "1w");
        weeks[0].Ts.ShouldBe(Utc(2022, 6, 6));
        weeks[0].Volume.ShouldBe(2000);
        weeks.ShouldAllBe(week => week.Notes == null);
        (await QueryAsync<double>("SELECT completeness FROM series")).ShouldAllBe(complete => complete == 1);
        (await QueryAsync<string>("SELECT kind FROM attention_items")).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_an_earlier_build_stored_is_judged_again_and_days_without_a_session_go()
    {
        Add(new DateTime(2021, 9, 1), new DateTime(2022, 1, 29), i => 12.31 + i % 3 * 0.05);
        Replace(new DateTime(2021, 12, 1), 1231);
        Replace(new DateTime(2021, 12, 2), 1236);
        Add(new DateTime(2022, 6, 9), new DateTime(2022, 9, 1), i => 184 + i % 3 * 0.2);
        await using var wire = await ServeAsync(new DateTime(2022, 8, 29, 10, 0, 0));
        await EnrichedAsync();
        var right = await NotedAsync();
        var attention = await QueryAsync<string>("SELECT kind || ' ' || day FROM attention_items ORDER BY kind");
        attention.ShouldBe(["possible_ticker_reuse 2022-06-09", "unit_shift 2021-12-02"]);

        // As it was: the jump and the return from it, nothing of the gap, and a day under the date before.
        await ExecuteAsync("""
            DELETE FROM price_level_marks;
            UPDATE bars_1d SET issues = CASE WHEN ts IN ('2021-12-01Z', '2021-12-03Z') THEN 1 ELSE 16384 END;
            UPDATE data_quality_metrics SET anomalies_detected = CASE WHEN metric_date IN ('2021-12-01', '2021-12-03') THEN 1 ELSE 0 END;
            INSERT INTO bars_1d (series_id, ts, open, high, low, close, volume, source, issues)
            SELECT series_id, '2021-11-07Z', 12, 12, 12, 12, 1000, source, 16384 FROM bars_1d LIMIT 1;
            UPDATE series SET judge_from = first_ts;
            """);
        await EnrichedAsync();

        (await NotedAsync()).Select(candle => (candle.Ts, string.Join(' ', candle.Notes!), candle.Validated))
            .ShouldBe(right.Select(candle => (candle.Ts, string.Join(' ', candle.Notes!), candle.Validated)));
        (await QueryAsync<string>("SELECT kind || ' ' || day FROM attention_items ORDER BY kind")).ShouldBe(attention);
        (await CandlesAsync("EZJ.L", "1d")).ShouldAllBe(candle => candle.Ts.DayOfWeek != DayOfWeek.Sunday);
        (await QueryAsync<DateTime>("SELECT ts FROM candle_revisions")).ShouldBe([Utc(2021, 11, 7)]);
        (await QueryAsync<string>("SELECT symbol FROM series WHERE judge_from IS NOT NULL")).ShouldBeEmpty();
        (await QueryAsync<long>("SELECT records FROM series")).ShouldBe([(await CandlesAsync("EZJ.L", "1d")).Count]);
    }

    private async Task<WireServer> ServeAsync(DateTime now)
    {
        Time.Set(new DateTimeOffset(now, TimeSpan.Zero));
        var wire = await WireServer.StartAsync(_days, Cancellation);
        wire.PriceUnit = "GBp";
        await ConfigureAsync(
            ("Enrichment:History:OneDay", "1000"), ("Providers:Polygon:ApiKey", "any"),
            ("Providers:Polygon:BaseUrl", wire.Address + "/polygon"), ("Providers:Yahoo:BaseUrl", wire.Address + "/yahoo"));
        await TrackAsync("EZJ.L", "stock", "1d");
        return wire;
    }

    private async Task EnrichedAsync() => (await EnrichAsync("EZJ.L")).Status.ShouldBe("succeeded");

    private void Add(DateTime from, DateTime to, Func<int, double> close)
    {
        foreach (var (i, day) in London.Expected(Utc(from), Utc(to), BarInterval.OneDay).Index())
            _days.Add((day, close(i), close(i) * 1.01, close(i) * 0.99, close(i), 1000));
    }

    private void Replace(DateTime date, double close)
    {
        var place = _days.FindIndex(day => day.Date == date);
        _days[place] = (_days[place].Date, close, close * 1.01, close * 0.99, close, 1000);
    }

    private async Task<IReadOnlyList<CandleRow>> NotedAsync() =>
        [.. (await CandlesAsync("EZJ.L", "1d")).Where(candle => candle.Notes is not null)];

    private Task<IReadOnlyList<DateTime>> MarkedAsync(string rule) =>
        QueryAsync<DateTime>("SELECT ts FROM candles WHERE @rule = ANY (validation_notes) ORDER BY ts", new { rule });

    private static DateTime Utc(DateTime date) => DateTime.SpecifyKind(date, DateTimeKind.Utc);

    private static DateTime Utc(int year, int month, int day) => new(year, month, day, 0, 0, 0, DateTimeKind.Utc);
}
