using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>Who is asked, in which order, and what a second source is worth.</summary>
public sealed class FallbackTests(PostgresServer server) : PipelineTests(server)
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 16, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("AAPL", "stock", "polygon,yahoo")]
    [InlineData("SPY", "etf", "polygon,yahoo")]
    [InlineData("BTC-USD", "crypto", "binance,polygon,yahoo")]
    [InlineData("^GSPC", "stock", "yahoo")]
    public async Task Each_class_has_its_order_and_each_candle_its_source(string symbol, string assetClass, string order)
    {
        await TrackAsync(symbol, assetClass, "1d");
        var providers = order.Split(',');
        for (var refusing = 0; refusing < providers.Length; refusing++)
        {
            await ExecuteAsync("DELETE FROM candles; DELETE FROM series; DELETE FROM backfill_state");
            (await EnrichAsync(symbol)).Status.ShouldBe("succeeded");
            var stored = await CandlesAsync(symbol, "1d");
            stored.Count.ShouldBeGreaterThan(90);
            stored.ShouldAllBe(candle => candle.Source == providers[refusing]);
            stored.ShouldAllBe(candle => (candle.Notes != null && candle.Notes.Contains("fallback_source")) == (refusing > 0));
            await FaultAsync(new { kind = "unknown_symbol", provider = providers[refusing], symbol });
        }
    }

    [Fact]
    public async Task While_a_circuit_is_open_the_next_provider_is_asked_at_once()
    {
        await ConfigureAsync(("Providers:Polygon:Resilience:CircuitBreaker:ConsecutiveFailures", "2"), ("Providers:Polygon:Resilience:MaxRetries", "1"));
        await TrackAsync("AAPL", "stock", "1d");
        await TrackAsync("MSFT", "stock", "1d");
        await ExecuteAsync("UPDATE symbols SET actions_checked_at = now()");
        await FaultAsync(new { kind = "server_error", provider = "polygon" });
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");
        (await EnrichAsync("MSFT")).Attempt.ShouldBe(1);

        (await CandlesAsync("MSFT", "1d")).ShouldAllBe(candle => candle.Source == "yahoo");
        (await RequestsAsync("polygon", "AAPL")).ShouldBe(2);
        (await RequestsAsync("polygon", "MSFT")).ShouldBe(0);
        (await ScalarAsync<string>("SELECT error_message FROM enrichment_fetch_log WHERE symbol = 'MSFT' AND NOT success")).ShouldNotBeNull().ShouldContain("circuit");
    }

    [Fact]
    public async Task What_the_first_provider_gave_is_not_replaced_by_a_stand_in()
    {
        await TrackAsync("AAPL", "stock", "1d");
        await EnrichAsync("AAPL");
        await FaultAsync(new { kind = "unknown_symbol", provider = "polygon", symbol = "AAPL", endpoint = "candles" });
        await FaultAsync(new { kind = "price_spike", provider = "yahoo", symbol = "AAPL", from = Monday, to = Monday.AddDays(1), factor = 1.02 });
        (await EnrichAsync("AAPL")).Updated.ShouldBe(0);

        var stored = await CandlesAsync("AAPL", "1d");
        stored.ShouldAllBe(candle => candle.Source == "polygon");
        stored.Where(candle => candle.Notes?.Contains("provider_disagreement") == true).Select(candle => candle.Ts).ShouldBe([Monday.UtcDateTime]);
    }

    [Fact]
    public async Task A_sample_is_cross_checked_with_a_second_provider()
    {
        await ConfigureAsync(("Quality:CrossCheckSample", "1"));
        await TrackAsync("AAPL", "stock", "1d");
        await FaultAsync(new { kind = "price_spike", provider = "yahoo", symbol = "AAPL", from = Monday, to = Monday.AddDays(1), factor = 1.02 });
        await EnrichAsync("AAPL");
        var doubted = (await CandlesAsync("AAPL", "1d")).Single(candle => candle.Notes?.Contains("provider_disagreement") == true);
        (doubted.Ts, doubted.Source, doubted.Validated).ShouldBe((Monday.UtcDateTime, "polygon", false));
        doubted.Score.ShouldBe(0.8, 1e-12);

        // Without a second opinion the doubt stays; with one that agrees it goes.
        await FaultAsync(new { kind = "server_error", provider = "yahoo", symbol = "AAPL", count = 4 });
        await EnrichAsync("AAPL");
        (await ScalarAsync<long>("SELECT count(*) FROM candles WHERE validation_notes @> '{provider_disagreement}'")).ShouldBe(1);
        await RepairAsync();
        await EnrichAsync("AAPL");
        (await ScalarAsync<long>("SELECT count(*) FROM candles WHERE validation_notes @> '{provider_disagreement}'")).ShouldBe(0);
        (await ScalarAsync<long>("SELECT count(*) FROM candle_revisions")).ShouldBe(0);
    }

    [Fact]
    public async Task A_second_provider_that_fails_harms_nothing()
    {
        await ConfigureAsync(("Quality:CrossCheckSample", "1"));
        await TrackAsync("AAPL", "stock", "1d");
        await FaultAsync(new { kind = "html_page", provider = "yahoo" });
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");
        (await CandlesAsync("AAPL", "1d")).ShouldAllBe(candle => candle.Source == "polygon" && candle.Score == 1);
    }
}
