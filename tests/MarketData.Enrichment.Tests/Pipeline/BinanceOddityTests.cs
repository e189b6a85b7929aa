using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>What Binance is known for, and what becomes of it in the store.</summary>
public sealed class BinanceOddityTests(PostgresServer server) : PipelineTests(server)
{
    [Fact]
    public async Task The_last_kline_is_left_out_while_it_is_open_and_pages_join_without_a_seam()
    {
        await TrackAsync("BTC-USD", "crypto", "5m", "1d");
        await ConfigureAsync(("Enrichment:History:FiveMinutes", "12"));
        (await EnrichAsync("BTC-USD")).Status.ShouldBe("succeeded");

        var bars = await CandlesAsync("BTC-USD", "5m");
        bars[0].Ts.ShouldBe(MidSession.UtcDateTime.Date.AddDays(-12));
        bars[^1].Ts.ShouldBe(MidSession.UtcDateTime.AddMinutes(-7));
        bars.Count.ShouldBe((int)((bars[^1].Ts - bars[0].Ts).TotalMinutes / 5) + 1);
        (await CandlesAsync("BTC-USD", "1d"))[^1].Ts.ShouldBe(MidSession.UtcDateTime.Date.AddDays(-1));
    }

    [Fact]
    public async Task Microstructure_comes_with_the_candles_and_the_crypto_features_follow()
    {
        await TrackAsync("BTC-USD", "crypto", "1h");
        (await EnrichAsync("BTC-USD")).Status.ShouldBe("succeeded");

        var candles = await CandlesAsync("BTC-USD", "1h");
        candles.Where(candle => candle.TakerBuy is not > 0 || candle.TakerSell is not > 0).ShouldBeEmpty();
        candles.Where(candle => candle.Funding is null).Select(candle => candle.Ts).ShouldBeEmpty();
        candles.Where(candle => candle.OpenInterest is not > 0).Select(candle => candle.Ts).ShouldBeEmpty();
        candles.Where(candle => candle.LongShort is not > 0).Select(candle => candle.Ts).ShouldBeEmpty();
        candles.ShouldAllBe(candle => Math.Abs(candle.TakerBuy!.Value + candle.TakerSell!.Value - candle.Volume) < 1e-6);
        var delta = await FeatureAsync("BTC-USD", "1h", "delta");
        var ratio = await FeatureAsync("BTC-USD", "1h", "buy_sell_ratio");
        var interest = await FeatureAsync("BTC-USD", "1h", "open_interest_change");
        var longShort = await FeatureAsync("BTC-USD", "1h", "long_short_ratio");
        SymbolPipelineTests.Agree("delta", [.. candles.Select(candle => candle.TakerBuy - candle.TakerSell)], delta);
        SymbolPipelineTests.Agree("buy_sell_ratio", [.. candles.Select(candle => candle.TakerBuy / candle.TakerSell)], ratio);
        SymbolPipelineTests.Agree("long_short_ratio", [.. candles.Select(candle => candle.LongShort)], longShort);
        SymbolPipelineTests.Agree(
            "open_interest_change",
            [null, .. candles.Zip(candles.Skip(1), (before, after) => after.OpenInterest / before.OpenInterest - 1)],
            interest);
        (await FeatureAsync("BTC-USD", "1h", "liquidation_intensity")).ShouldAllBe(value => value == null);
        (await FeatureAsync("BTC-USD", "1h", "exchange_inflow")).ShouldAllBe(value => value == null);
    }

    [Theory]
    [InlineData("1h", "28")]
    [InlineData("15m", "12")]
    public async Task Open_interest_and_ratio_are_read_to_the_end_however_many_answers_that_takes(string timeframe, string days)
    {
        await ConfigureAsync(("Enrichment:History:OneHour", days), ("Enrichment:History:FifteenMinutes", days));
        await TrackAsync("BTC-USD", "crypto", timeframe);
        (await EnrichAsync("BTC-USD")).Status.ShouldBe("succeeded");

        // An answer holds 500.
        var candles = await CandlesAsync("BTC-USD", timeframe);
        candles.Count.ShouldBeGreaterThan(650);
        candles.Where(candle => candle.OpenInterest is not > 0 || candle.LongShort is not > 0).Select(candle => candle.Ts).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_funding_rate_is_ranked_among_those_of_ninety_days()
    {
        await TrackAsync("BTC-USD", "crypto", "1d");
        (await EnrichAsync("BTC-USD")).Status.ShouldBe("succeeded");

        var rates = (await CandlesAsync("BTC-USD", "1d")).Select(candle => candle.Funding.ShouldNotBeNull()).ToList();
        var ranks = await FeatureAsync("BTC-USD", "1d", "funding_rate_percentile");
        ranks[^1].ShouldNotBeNull().ShouldBe(rates[^90..].Count(rate => rate <= rates[^1]) / 90.0, 0.02);
    }

    [Fact]
    public async Task A_futures_market_that_fails_for_a_moment_costs_nothing_of_what_it_tells()
    {
        await TrackAsync("BTC-USD", "crypto", "1h");
        await FaultAsync(new { kind = "server_error", provider = "binance-futures", endpoint = "open_interest", count = 1 });
        await ConfigureAsync(("Providers:Binance:Resilience:MaxRetries", "0"));
        var job = await EnrichAsync("BTC-USD");

        (job.Status, job.Attempt).ShouldBe(("succeeded", 2));
        (await CandlesAsync("BTC-USD", "1h")).ShouldAllBe(candle => candle.OpenInterest > 0 && candle.Funding != null && candle.LongShort > 0 && candle.Source == "binance");
        (await ScalarAsync<long>("SELECT count(*) FROM candle_revisions")).ShouldBe(0);
        (await ScalarAsync<string>("SELECT error_message FROM enrichment_fetch_log WHERE NOT success")).ShouldNotBeNull().ShouldContain("futures data");
    }

    [Fact]
    public async Task A_futures_market_that_stays_away_is_done_without_and_made_up_for_by_the_next_run()
    {
        await TrackAsync("BTC-USD", "crypto", "1h");
        await FaultAsync(new { kind = "server_error", provider = "binance-futures" });
        await ConfigureAsync(("Providers:Binance:Resilience:MaxRetries", "0"));
        (await EnrichAsync("BTC-USD")).Status.ShouldBe("succeeded");

        var candles = await CandlesAsync("BTC-USD", "1h");
        candles.Count.ShouldBeGreaterThan(450);
        candles.ShouldAllBe(candle => candle.TakerBuy > 0 && candle.OpenInterest == null && candle.Funding == null && candle.Source == "binance");
        (await FeatureAsync("BTC-USD", "1h", "open_interest_change")).ShouldAllBe(value => value == null);
        (await FeatureAsync("BTC-USD", "1h", "funding_rate_percentile")).ShouldAllBe(value => value == null);

        await RepairAsync();
        (await EnrichAsync("BTC-USD")).Updated.ShouldBe(candles.Count);
        (await CandlesAsync("BTC-USD", "1h")).ShouldAllBe(candle => candle.OpenInterest > 0 && candle.Funding != null && candle.LongShort > 0);
        (await FeatureAsync("BTC-USD", "1h", "open_interest_change")).Count(value => value is null).ShouldBe(1);
    }

    [Fact]
    public async Task What_the_futures_market_told_stays_when_it_tells_it_no_more()
    {
        await TrackAsync("BTC-USD", "crypto", "1h");
        await EnrichAsync("BTC-USD");
        var before = await CandlesAsync("BTC-USD", "1h");

        await FaultAsync(new { kind = "forbidden", provider = "binance-futures" });
        var job = await EnrichAsync("BTC-USD", before[0].Ts, before[^1].Ts.AddHours(1));

        (job.Status, job.Attempt, job.Updated).ShouldBe(("succeeded", 1, 0));
        (await CandlesAsync("BTC-USD", "1h")).Select(candle => (candle.OpenInterest, candle.Funding, candle.LongShort))
            .ShouldBe(before.Select(candle => (candle.OpenInterest, candle.Funding, candle.LongShort)));
        (await ScalarAsync<long>("SELECT count(*) FROM candle_revisions")).ShouldBe(0);
    }

    [Fact]
    public async Task A_location_without_a_futures_market_leaves_its_values_empty_and_says_why()
    {
        await TrackAsync("BTC-USD", "crypto", "1h");
        await FaultAsync(new { kind = "restricted_location", provider = "binance-futures" });

        (await EnrichAsync("BTC-USD")).ShouldSatisfyAllConditions(job => job.Status.ShouldBe("succeeded"), job => job.Attempt.ShouldBe(1));

        (await CandlesAsync("BTC-USD", "1h")).ShouldAllBe(candle => candle.OpenInterest == null && candle.Funding == null && candle.TakerBuy > 0);
        (await ScalarAsync<string>("SELECT error_message FROM enrichment_fetch_log WHERE source = 'binance' ORDER BY id DESC LIMIT 1"))
            .ShouldStartWith("funding_rate, long_short_ratio, open_interest stay empty: Binance's futures market serves nobody at this location: HTTP 451 (");
    }

    [Fact]
    public async Task A_location_that_binance_does_not_serve_gets_its_candles_elsewhere_at_once()
    {
        await TrackAsync("BTC-USD", "crypto", "1d");
        await TrackAsync("ETH-USD", "crypto", "1d");
        await FaultAsync(new { kind = "restricted_location", provider = "binance" });

        (await EnrichAsync("BTC-USD")).Attempt.ShouldBe(1);
        (await EnrichAsync("ETH-USD")).Status.ShouldBe("succeeded");

        (await ScalarAsync<string>("SELECT string_agg(DISTINCT source, ',') FROM candles")).ShouldBe("polygon");
    }

    [Fact]
    public async Task A_pair_without_a_future_keeps_no_other_from_its_own()
    {
        await TrackAsync("SOL-USD", "crypto", "1d");
        await TrackAsync("BTC-USD", "crypto", "1d");
        await FaultAsync(new { kind = "forbidden", provider = "binance-futures", symbol = "SOL-USD" });
        (await EnrichAsync("SOL-USD")).Attempt.ShouldBe(1);
        (await EnrichAsync("BTC-USD")).Attempt.ShouldBe(1);

        (await CandlesAsync("SOL-USD", "1d")).ShouldAllBe(candle => candle.Funding == null);
        (await CandlesAsync("BTC-USD", "1d")).ShouldAllBe(candle => candle.Funding != null);
    }

    [Fact]
    public async Task There_is_nothing_before_the_listing()
    {
        await ConfigureAsync(("Enrichment:History:OneDay", "20000"), ("Providers:Polygon:ApiKey", ""));
        await TrackAsync("SOL-USD", "crypto", "1d");
        (await EnrichAsync("SOL-USD")).Status.ShouldBe("succeeded");

        var candles = await CandlesAsync("SOL-USD", "1d");
        candles[0].Ts.ShouldBeGreaterThan(new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        (await ScalarAsync<long>("SELECT count(*) FROM gaps")).ShouldBe(0);
        (await ScalarAsync<bool>("SELECT completeness = 1 FROM series")).ShouldBeTrue();
    }

    [Fact]
    public async Task Banned_it_waits_as_long_as_it_is_told()
    {
        await TrackAsync("BTC-USD", "crypto", "1d");
        await FaultAsync(new { kind = "banned", provider = "binance", symbol = "BTC-USD", endpoint = "candles", count = 1, retry_after_seconds = 2 });
        var startedAt = Time.GetTimestamp();
        (await EnrichAsync("BTC-USD")).Status.ShouldBe("succeeded");
        Time.GetElapsedTime(startedAt).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task An_exchange_that_stood_still_leaves_a_gap_and_no_invented_bar()
    {
        await TrackAsync("BTC-USD", "crypto", "5m");
        var halt = new DateTimeOffset(2026, 11, 17, 6, 0, 0, TimeSpan.Zero);
        await FaultAsync(new { kind = "missing_bars", provider = "binance", symbol = "BTC-USD", from = halt, to = halt.AddHours(1) });
        (await EnrichAsync("BTC-USD")).Status.ShouldBe("succeeded");

        (await CandlesAsync("BTC-USD", "5m")).ShouldNotContain(candle => candle.Ts >= halt.UtcDateTime && candle.Ts < halt.UtcDateTime.AddHours(1));
        (await ScalarAsync<int>("SELECT missing FROM gaps WHERE gap_start = @from AND gap_end = @last", new { from = halt.UtcDateTime, last = halt.UtcDateTime.AddMinutes(55) })).ShouldBe(12);
        (await CandlesAsync("BTC-USD", "5m")).Single(candle => candle.Ts == halt.UtcDateTime.AddHours(1)).Notes.ShouldBe(["gap_before"]);
    }
}
