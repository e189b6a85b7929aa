using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>What Coinbase is known for, and what becomes of it in the store.</summary>
public sealed class CoinbaseTests(PostgresServer server) : PipelineTests(server)
{
    private static readonly (string, string)[] Alone =
    [
        ("Providers:Binance:Enabled", "false"), ("Providers:Polygon:Enabled", "false"), ("Providers:Yahoo:Enabled", "false"),
        ("Providers:Coinbase:Resilience:MaxRetries", "0"),
    ];

    [Fact]
    public async Task Pages_of_three_hundred_join_without_a_hole_or_a_double_and_what_forms_is_left_out()
    {
        await TrackAsync("BTC-USD", "crypto", "5m", "1d");
        await ConfigureAsync([.. Alone, ("Enrichment:History:FiveMinutes", "12")]);
        (await EnrichAsync("BTC-USD")).Status.ShouldBe("succeeded");

        var bars = await CandlesAsync("BTC-USD", "5m");
        bars[0].Ts.ShouldBe(MidSession.UtcDateTime.Date.AddDays(-12));
        bars[^1].Ts.ShouldBe(MidSession.UtcDateTime.AddMinutes(-7));
        bars.Zip(bars.Skip(1), (bar, next) => next.Ts - bar.Ts).ShouldAllBe(step => step == TimeSpan.FromMinutes(5));
        bars.ShouldAllBe(bar => bar.Source == "coinbase" && bar.Validated);
        (await CandlesAsync("BTC-USD", "1d"))[^1].Ts.ShouldBe(MidSession.UtcDateTime.Date.AddDays(-1));
        (await ScalarAsync<long>("SELECT count(*) FROM enrichment_fetch_log WHERE NOT success")).ShouldBe(0);
    }

    [Theory]
    [InlineData("30m", 30)]
    [InlineData("4h", 240)]
    [InlineData("1w", 7 * 1440)]
    public async Task What_it_does_not_have_is_built_of_shorter_bars(string timeframe, int minutes)
    {
        await TrackAsync("BTC-USD", "crypto", timeframe);
        await ConfigureAsync([.. Alone, ("Enrichment:History:ThirtyMinutes", "5")]);
        (await EnrichAsync("BTC-USD")).Status.ShouldBe("succeeded");

        var built = await CandlesAsync("BTC-USD", timeframe);
        built.Count.ShouldBeGreaterThan(15);
        built.Zip(built.Skip(1), (bar, next) => (next.Ts - bar.Ts).TotalMinutes).ShouldAllBe(step => step == minutes);
        built.ShouldAllBe(bar => bar.Notes == null || !bar.Notes.Contains("incomplete"));
        if (timeframe == "1w")
            built.ShouldAllBe(bar => bar.Ts.DayOfWeek == DayOfWeek.Monday);
    }

    [Fact]
    public async Task A_bar_in_which_nobody_traded_is_a_gap_and_leaves_the_hour_around_it_incomplete()
    {
        await TrackAsync("BTC-USD", "crypto", "1h", "4h");
        var quiet = MidSession.UtcDateTime.Date.AddDays(-3).AddHours(9);
        await FaultAsync(new { kind = "missing_bars", provider = "coinbase", from = quiet, to = quiet.AddHours(1) });
        await ConfigureAsync(Alone);
        (await EnrichAsync("BTC-USD")).Status.ShouldBe("succeeded");

        (await CandlesAsync("BTC-USD", "1h")).ShouldNotContain(bar => bar.Ts == quiet);
        (await ScalarAsync<long>("SELECT count(*) FROM gaps WHERE symbol = 'BTC-USD' AND timeframe = '1h' AND gap_start = @quiet", new { quiet })).ShouldBe(1);
        (await CandlesAsync("BTC-USD", "4h")).Single(bar => bar.Ts == quiet.AddHours(-1)).Notes.ShouldNotBeNull().ShouldContain("incomplete");
    }

    [Fact]
    public async Task It_tells_that_prices_are_in_dollars()
    {
        await TrackAsync("BTC-USD", "crypto", "1d");
        await ConfigureAsync(Alone);
        (await EnrichAsync("BTC-USD")).Status.ShouldBe("succeeded");

        (await ScalarAsync<string>("SELECT confirmed_by FROM instrument_facts WHERE symbol = 'BTC-USD' AND fact = 'price_unit'")).ShouldBe("coinbase");
        (await ScalarAsync<string>("SELECT price_unit FROM symbols WHERE symbol = 'BTC-USD'")).ShouldBe("USD");
    }

    [Fact]
    public async Task A_pair_that_is_on_record_in_another_currency_stores_nothing()
    {
        await TrackAsync("BTC-USD", "crypto", "1d");
        await ExecuteAsync("UPDATE symbols SET price_unit = 'USDT', currency = 'USDT'");
        await ConfigureAsync(Alone);
        var job = await EnrichAsync("BTC-USD");

        job.Status.ShouldBe("failed");
        job.Message.ShouldNotBeNull().ShouldContain("(identity_mismatch): prices are in USD instead of USDT");
        (await CandlesAsync("BTC-USD", "1d")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_row_that_does_not_read_is_rejected_with_its_place_and_the_others_are_used()
    {
        await TrackAsync("BTC-USD", "crypto", "1d");
        var day = MidSession.UtcDateTime.Date.AddDays(-10);
        await FaultAsync(new { kind = "wrong_types", provider = "coinbase", from = day, to = day.AddDays(1) });
        await ConfigureAsync(Alone);
        (await EnrichAsync("BTC-USD")).Status.ShouldBe("succeeded");

        (await ScalarAsync<string>("SELECT detail FROM rejected_candles WHERE ts = @day", new { day })).ShouldNotBeNull().ShouldContain("[1] is an object");
        var stored = await CandlesAsync("BTC-USD", "1d");
        stored.ShouldNotContain(candle => candle.Ts == day);
        stored.Count.ShouldBeGreaterThan(100);
    }

    [Theory]
    [InlineData("swapped_numbers")]
    [InlineData("exponents")]
    [InlineData("duplicate_bars")]
    [InlineData("out_of_order_bars")]
    [InlineData("page_overlap")]
    public async Task What_is_odd_and_right_is_read_as_it_is(string kind)
    {
        await TrackAsync("BTC-USD", "crypto", "1h");
        await ConfigureAsync([.. Alone, ("Enrichment:History:OneHour", "30")]);
        await FaultAsync(new { kind, provider = "coinbase", endpoint = "candles", bar_rate = 0.5 });
        (await EnrichAsync("BTC-USD")).Status.ShouldBe("succeeded");
        var odd = await CandlesAsync("BTC-USD", "1h");

        await RepairAsync();
        await ExecuteAsync("TRUNCATE bars_1d, bars_1h, series CASCADE; DELETE FROM backfill_state");
        (await EnrichAsync("BTC-USD")).Status.ShouldBe("succeeded");

        odd.Count.ShouldBeGreaterThan(700);
        var plain = await CandlesAsync("BTC-USD", "1h");
        plain.Select(Values).ShouldBe(odd.Select(Values));
        (await ScalarAsync<long>("SELECT count(*) FROM rejected_candles")).ShouldBe(0);
    }

    [Theory]
    [InlineData("rate_limited")]
    [InlineData("server_error")]
    [InlineData("cut_body")]
    public async Task A_failure_that_passes_is_tried_again(string kind)
    {
        await TrackAsync("BTC-USD", "crypto", "1d");
        await FaultAsync(new { kind, provider = "coinbase", endpoint = "candles", count = 1 });
        await ConfigureAsync(Alone);
        var job = await EnrichAsync("BTC-USD");

        (job.Status, job.Attempt).ShouldBe(("succeeded", 2));
    }

    [Fact]
    public async Task A_pair_that_it_does_not_list_is_had_from_the_next()
    {
        await TrackAsync("BTC-USD", "crypto", "1d");
        await FaultAsync(new { kind = "unknown_symbol", provider = "coinbase" });
        await ConfigureAsync(("Providers:Binance:Enabled", "false"), ("Providers:Polygon:Enabled", "false"));
        (await EnrichAsync("BTC-USD")).Status.ShouldBe("succeeded");

        (await CandlesAsync("BTC-USD", "1d")).ShouldAllBe(candle => candle.Source == "yahoo");
    }

    private static (DateTime, double, double, double, double, double) Values(CandleRow bar) =>
        (bar.Ts, bar.Open, bar.High, bar.Low, bar.Close, Math.Round(bar.Volume, 6));

    [Fact]
    public async Task Nothing_is_asked_of_the_years_before_it_opened()
    {
        await TrackAsync("BTC-USD", "crypto", "1d");
        await ConfigureAsync(Alone);
        var job = await EnrichAsync("BTC-USD", new DateTime(2010, 1, 1, 0, 0, 0, DateTimeKind.Utc), new DateTime(2012, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        job.Status.ShouldBe("failed");
        (await RequestsAsync("coinbase", "BTC-USD")).ShouldBe(0);
    }
}
