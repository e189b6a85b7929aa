using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>What Polygon is known for, and what becomes of it in the store.</summary>
public sealed class PolygonOddityTests(PostgresServer server) : PipelineTests(server)
{
    [Fact]
    public async Task Long_ranges_of_short_bars_come_without_holes()
    {
        await ConfigureAsync(("Enrichment:History:FiveMinutes", "60"), ("Providers:Yahoo:Enabled", "false"));
        await TrackAsync("AAPL", "stock", "5m");
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");

        (await ScalarAsync<bool>("SELECT records = expected_records AND completeness = 1 FROM series")).ShouldBeTrue();
        (await ScalarAsync<long>("SELECT count(*) FROM gaps")).ShouldBe(0);
        (await CandlesAsync("AAPL", "5m")).Count.ShouldBeGreaterThan(3000);
    }

    [Theory]
    [InlineData("5m")]
    [InlineData("1h")]
    public async Task Bars_before_and_after_the_session_are_left_out_and_counted(string timeframe)
    {
        await ConfigureAsync(("Providers:Yahoo:Enabled", "false"));
        await TrackAsync("AAPL", "stock", timeframe);
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");

        var newYork = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
        (await CandlesAsync("AAPL", timeframe)).ShouldAllBe(candle =>
            TimeZoneInfo.ConvertTimeFromUtc(candle.Ts, newYork).TimeOfDay >= new TimeSpan(9, 30, 0) && TimeZoneInfo.ConvertTimeFromUtc(candle.Ts, newYork).TimeOfDay < new TimeSpan(16, 0, 0));
        (await ScalarAsync<int>("SELECT out_of_session FROM enrichment_fetch_log")).ShouldBeGreaterThan(20);
        (await ScalarAsync<long>("SELECT out_of_session FROM series")).ShouldBeGreaterThan(20);
        (await ScalarAsync<long>("SELECT count(*) FROM rejected_candles")).ShouldBe(0);
    }

    [Fact]
    public async Task A_gap_about_which_the_next_provider_cannot_be_asked_fails_nothing_and_waits_for_its_next_time()
    {
        await TrackAsync("AAPL", "stock", "1d");
        var day = new DateTimeOffset(2026, 10, 14, 0, 0, 0, TimeSpan.Zero);
        await FaultAsync(new { kind = "missing_bars", provider = "polygon", symbol = "AAPL", from = day, to = day.AddDays(1) });
        await EnrichAsync("AAPL");
        await FaultAsync(new { kind = "unknown_symbol", provider = "yahoo", symbol = "AAPL" });

        await MakeGapsDueAsync();
        var job = await EnrichAsync("AAPL");

        (job.Status, job.Attempt).ShouldBe(("succeeded", 1));
        (await ScalarAsync<int>("SELECT asked_count FROM gaps")).ShouldBe(1);
        (await ScalarAsync<double>(DaysUntilNext)).ShouldBe(7, 0.01);
        (await ScalarAsync<long>("SELECT count(*) FROM enrichment_fetch_log WHERE NOT success AND source = 'yahoo'")).ShouldBe(1);
    }

    [Fact]
    public async Task Missing_days_are_asked_for_again_less_and_less_often_and_of_others_in_turn()
    {
        await TrackAsync("AAPL", "stock", "1d");
        var day = new DateTimeOffset(2026, 10, 14, 0, 0, 0, TimeSpan.Zero);
        foreach (var provider in (string[])["polygon", "yahoo"])
            await FaultAsync(new { kind = "missing_bars", provider, symbol = "AAPL", from = day, to = day.AddDays(1) });
        await EnrichAsync("AAPL");
        (await ScalarAsync<double>(DaysUntilNext)).ShouldBe(1, 0.01);
        (await ScalarAsync<int>("SELECT asked_count FROM gaps")).ShouldBe(0);

        // A gap that is not due costs nothing.
        await EnrichAsync("AAPL");
        (await ScalarAsync<int>("SELECT asked_count FROM gaps")).ShouldBe(0);

        (await AskAgainAsync()).ShouldBe(("yahoo", 1));
        (await ScalarAsync<double>(DaysUntilNext)).ShouldBe(7, 0.01);
        (await AskAgainAsync()).ShouldBe(("polygon", 2));
        (await ScalarAsync<double>(DaysUntilNext)).ShouldBe(30, 0.01);
        (await AskAgainAsync()).ShouldBe(("yahoo", 3));
        (await ScalarAsync<DateTime?>("SELECT next_ask_at FROM gaps")).ShouldBeNull();
        (await ScalarAsync<bool>("SELECT last_asked_at > now() - interval '1 minute' FROM gaps")).ShouldBeTrue();
    }

    [Fact]
    public async Task What_another_provider_has_fills_the_gap_and_says_where_it_came_from()
    {
        await TrackAsync("AAPL", "stock", "1d");
        var day = new DateTimeOffset(2026, 10, 14, 0, 0, 0, TimeSpan.Zero);
        await FaultAsync(new { kind = "missing_bars", provider = "polygon", symbol = "AAPL", from = day, to = day.AddDays(1) });
        await EnrichAsync("AAPL");
        await MakeGapsDueAsync();
        await EnrichAsync("AAPL");

        var filled = (await CandlesAsync("AAPL", "1d")).Single(candle => candle.Ts == day.UtcDateTime);
        (filled.Source, filled.Score).ShouldBe(("yahoo", 0.95));
        filled.Notes.ShouldBe(["fallback_source"]);
        (await ScalarAsync<long>("SELECT count(*) FROM gaps")).ShouldBe(0);
        // The features after it are those of the series without the gap.
        var candles = await CandlesAsync("AAPL", "1d");
        var expected = ReferenceFeatures.Daily([.. candles.Select(candle => (candle.High, candle.Low, candle.Close, candle.Volume))]);
        SymbolPipelineTests.Agree("sma_20", expected["sma_20"], await FeatureAsync("AAPL", "1d", "sma_20"));
        SymbolPipelineTests.Agree("rsi_14", expected["rsi_14"], await FeatureAsync("AAPL", "1d", "rsi_14"));
    }

    [Theory]
    [InlineData("1d")]
    [InlineData("1h")]
    public async Task History_under_an_older_name_joins_that_under_the_present_one(string timeframe)
    {
        await ConfigureAsync(("Providers:Yahoo:Enabled", "false"));
        await TrackAsync("QQQ", "etf", timeframe);
        var job = await EnrichAsync("QQQ", new DateTime(2011, 3, 14, 0, 0, 0, DateTimeKind.Utc), new DateTime(2011, 4, 1, 0, 0, 0, DateTimeKind.Utc));

        job.Status.ShouldBe("succeeded", job.Message);
        // Fourteen sessions in one series, seven before the change of name on the 23rd.
        var days = (await CandlesAsync("QQQ", timeframe)).Select(candle => DateOnly.FromDateTime(candle.Ts)).Distinct().ToList();
        days.Count.ShouldBe(14);
        days.Count(day => day < new DateOnly(2011, 3, 23)).ShouldBe(7);
        (await ScalarAsync<long>("SELECT count(*) FROM gaps")).ShouldBe(0);
    }

    [Theory]
    [InlineData("page_overlap")]
    [InlineData("duplicate_bars")]
    public async Task Repeats_count_once(string kind)
    {
        await ConfigureAsync(("Providers:Yahoo:Enabled", "false"), ("Enrichment:History:FiveMinutes", "59"));
        await TrackAsync("AAPL", "stock", "5m");
        await FaultAsync(new { kind, provider = "polygon", symbol = "AAPL", endpoint = "candles" });
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");

        (await ScalarAsync<bool>("SELECT records = expected_records FROM series")).ShouldBeTrue();
        (await ScalarAsync<long>("SELECT count(*) FROM rejected_candles")).ShouldBe(0);
    }

    [Theory]
    [InlineData("future_bar", "future")]
    [InlineData("off_grid", "off_grid")]
    public async Task A_bar_at_an_instant_that_has_none_is_set_aside(string kind, string rule)
    {
        await ConfigureAsync(("Providers:Yahoo:Enabled", "false"));
        await TrackAsync("BTC-USD", "crypto", "1h");
        await ConfigureAsync(("Providers:Yahoo:Enabled", "false"), ("Providers:Binance:Enabled", "false"));
        await FaultAsync(new { kind, provider = "polygon", symbol = "BTC-USD", endpoint = "candles" });
        (await EnrichAsync("BTC-USD")).Status.ShouldBe("succeeded");

        (await QueryAsync<string>("SELECT DISTINCT reason FROM rejected_candles")).ShouldBe([rule]);
        (await CandlesAsync("BTC-USD", "1h")).ShouldAllBe(candle => candle.Ts.Minute == 0 && candle.Ts.Second == 0 && candle.Ts < MidSession.UtcDateTime.AddHours(-1));
    }

    private const string DaysUntilNext = "SELECT extract(epoch FROM next_ask_at - now()) / 86400 FROM gaps";

    private async Task<(string? Source, int Asked)> AskAgainAsync()
    {
        await MakeGapsDueAsync();
        await EnrichAsync("AAPL");
        return (await ScalarAsync<string>("SELECT last_source FROM gaps"), await ScalarAsync<int>("SELECT asked_count FROM gaps"));
    }
}
