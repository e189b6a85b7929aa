using MarketData.Storage.Enrichment;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>Every kind of broken answer: the symbol fails clearly or heals by itself, others are unharmed, nothing false is stored.</summary>
public sealed class BrokenAnswerTests(PostgresServer server) : PipelineTests(server)
{
    private static readonly (string Name, string Value)[] PolygonAlone =
        [("Providers:Yahoo:Enabled", "false"), ("Providers:Polygon:Resilience:MaxRetries", "1")];

    private static readonly (string Name, string Value)[] Impatient = [.. PolygonAlone, ("Providers:Polygon:Resilience:AttemptTimeout", "00:00:01")];

    [Theory]
    [InlineData("rate_limited", "asked too often", "Wait")]
    [InlineData("server_error", "HTTP 503", "Wait")]
    [InlineData("hang", "did not answer within 1 s", "Wait")]
    [InlineData("connection_reset", "could not be reached", "Wait")]
    [InlineData("cut_body", "broke off", "Wait")]
    [InlineData("empty_body", "unreadable", "Wait")]
    [InlineData("html_page", "unreadable", "Wait")]
    [InlineData("truncated_json", "unreadable", "Wait")]
    [InlineData("malformed_json", "unreadable", "Wait")]
    [InlineData("wrong_types", "unreadable", "Wait")]
    [InlineData("unauthorized", "does not accept the key", "ApiKey")]
    [InlineData("forbidden", "does not include this in the key's plan", "plan")]
    [InlineData("unknown_symbol", "does not know", "spelling")]
    public async Task A_lasting_failure_is_told_with_its_cause_and_what_to_do(string kind, string cause, string advice)
    {
        await ConfigureAsync(kind == "hang" ? Impatient : PolygonAlone);
        await TrackAsync("AAPL", "stock", "1d");
        await TrackAsync("MSFT", "stock", "1d");
        await FaultAsync(new { kind, provider = "polygon", symbol = "AAPL", endpoint = "candles", bar_rate = 1.0 });
        var failed = await EnrichAsync(new RunRequest { Trigger = RunTrigger.Manual, Symbols = ["AAPL", "MSFT"] });

        failed.Status.ShouldBe("failed");
        failed.Message.ShouldNotBeNull().ShouldContain(cause, Case.Insensitive);
        failed.Message.ShouldContain("polygon");
        failed.Advice.ShouldNotBeNull().ShouldContain(advice, Case.Insensitive);
        // What waiting may mend is tried again; what it cannot is not.
        failed.Attempt.ShouldBe(advice == "Wait" ? 3 : 1);
        (await CandlesAsync("AAPL", "1d")).ShouldBeEmpty();
        (await ScalarAsync<string>("SELECT status FROM enrichment_status WHERE symbol = 'AAPL'")).ShouldBe("error");
        (await ScalarAsync<bool>("SELECT bool_and(NOT success AND error_message IS NOT NULL) FROM enrichment_fetch_log WHERE symbol = 'AAPL'")).ShouldBeTrue();

        (await JobAsync(failed.Run, "MSFT")).Status.ShouldBe("succeeded");
        (await CandlesAsync("MSFT", "1d")).Count.ShouldBeGreaterThan(90);
        (await ScalarAsync<string>("SELECT status FROM enrichment_history")).ShouldBe("partial");
    }

    [Theory]
    [InlineData("rate_limited")]
    [InlineData("server_error")]
    [InlineData("hang")]
    [InlineData("latency")]
    [InlineData("connection_reset")]
    [InlineData("cut_body")]
    [InlineData("empty_body")]
    [InlineData("html_page")]
    [InlineData("truncated_json")]
    [InlineData("malformed_json")]
    [InlineData("swapped_numbers")]
    [InlineData("exponents")]
    [InlineData("duplicate_bars")]
    [InlineData("out_of_order_bars")]
    public async Task A_passing_failure_leaves_what_a_faultless_run_leaves(string kind)
    {
        await ConfigureAsync(kind is "hang" or "latency" ? Impatient : PolygonAlone);
        await TrackAsync("AAPL", "stock", "1d");
        await FaultAsync(new { kind, provider = "polygon", symbol = "AAPL", endpoint = "candles", count = 2, delay_seconds = kind == "latency" ? 0.5 : 60, bar_rate = 0.2 });
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");

        await RepairAsync();
        var said = await PolygonDaysAsync("AAPL", DateOnly.FromDateTime(MidSession.UtcDateTime.AddDays(-150)), new DateOnly(2026, 11, 17));
        (await CandlesAsync("AAPL", "1d")).Select(candle => candle.Values).ShouldBe(said);
        (await ScalarAsync<long>("SELECT count(*) FROM rejected_candles")).ShouldBe(0);
        (await ScalarAsync<long>("SELECT count(*) FROM candle_revisions")).ShouldBe(0);
        (await ScalarAsync<string>("SELECT status FROM enrichment_status")).ShouldBe("healthy");
    }

    [Theory]
    [InlineData("impossible_candle", "ohlc_order")]
    [InlineData("zero_price", "non_positive_price")]
    [InlineData("negative_volume", "negative_volume")]
    [InlineData("out_of_range_numbers", "not_finite")]
    [InlineData("conflicting_bars", "duplicate_conflict")]
    public async Task A_bar_that_cannot_be_is_set_aside_with_its_reason_and_its_place_stays_open(string kind, string rule)
    {
        await ConfigureAsync(PolygonAlone);
        await TrackAsync("AAPL", "stock", "1d");
        var day = new DateTimeOffset(2026, 10, 14, 0, 0, 0, TimeSpan.Zero);
        await FaultAsync(new { kind, provider = "polygon", symbol = "AAPL", endpoint = "candles", from = day, to = day.AddDays(1) });
        var job = await EnrichAsync("AAPL");
        job.Status.ShouldBe("succeeded", job.Message);

        (await CandlesAsync("AAPL", "1d")).ShouldNotContain(candle => candle.Ts == day.UtcDateTime);
        (await QueryAsync<string>("SELECT DISTINCT reason FROM rejected_candles WHERE ts = @ts AND detail IS NOT NULL", new { ts = day.UtcDateTime })).ShouldBe([rule]);
        (await ScalarAsync<long>("SELECT count(*) FROM gaps WHERE gap_start = @ts AND gap_end = @ts AND missing = 1", new { ts = day.UtcDateTime })).ShouldBe(1);
        (await ScalarAsync<int>("SELECT rejected_records FROM data_quality_metrics WHERE metric_date = '2026-10-14'")).ShouldBeGreaterThan(0);
        var after = (await CandlesAsync("AAPL", "1d")).Single(candle => candle.Ts == day.UtcDateTime.AddDays(1));
        after.Notes.ShouldNotBeNull().ShouldContain("gap_before");

        // Once the provider mends it, the bar comes in with the next time that it is asked for.
        await RepairAsync();
        await MakeGapsDueAsync();
        await EnrichAsync("AAPL");
        var said = await PolygonDaysAsync("AAPL", DateOnly.FromDateTime(MidSession.UtcDateTime.AddDays(-150)), new DateOnly(2026, 11, 17));
        (await CandlesAsync("AAPL", "1d")).Select(candle => candle.Values).ShouldBe(said);
        (await ScalarAsync<long>("SELECT count(*) FROM gaps")).ShouldBe(0);
        (await ScalarAsync<long>("SELECT count(*) FROM candles WHERE gap_detected")).ShouldBe(0);
    }

    [Fact]
    public async Task An_empty_answer_is_no_failure_and_moves_on_to_who_has_the_bars()
    {
        await TrackAsync("AAPL", "stock", "1d");
        await FaultAsync(new { kind = "empty_answer", provider = "polygon", symbol = "AAPL", endpoint = "candles" });
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");

        var stored = await CandlesAsync("AAPL", "1d");
        stored.Count.ShouldBeGreaterThan(90);
        stored.ShouldAllBe(candle => candle.Source == "yahoo" && candle.Notes!.Contains("fallback_source"));
    }

    [Fact]
    public async Task Retry_after_is_obeyed()
    {
        await ConfigureAsync(("Providers:Yahoo:Enabled", "false"), ("Providers:Polygon:Resilience:MaxRetries", "3"));
        await TrackAsync("AAPL", "stock", "1d");
        await ExecuteAsync("UPDATE symbols SET actions_checked_at = now()");
        await FaultAsync(new { kind = "rate_limited", provider = "polygon", symbol = "AAPL", endpoint = "candles", count = 1, retry_after_seconds = 2 });
        var startedAt = Time.GetTimestamp();
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");

        Time.GetElapsedTime(startedAt).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2));
        (await RequestsAsync("polygon", "AAPL")).ShouldBe(2);
    }
}
