using System.Globalization;
using MarketData.Storage.Enrichment;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>A job from its claim to stored candles.</summary>
public sealed class SymbolPipelineTests(PostgresServer server) : PipelineTests(server)
{
    [Fact]
    public async Task What_the_provider_says_is_stored_as_it_is_up_to_the_last_closed_session()
    {
        await TrackAsync("AAPL", "stock", "1d");
        var job = await EnrichAsync("AAPL");

        job.Status.ShouldBe("succeeded");
        var stored = await CandlesAsync("AAPL", "1d");
        var said = await PolygonDaysAsync("AAPL", DateOnly.FromDateTime(MidSession.UtcDateTime.AddDays(-150)), new DateOnly(2026, 11, 17));
        stored.Select(candle => candle.Values).ShouldBe(said);
        stored.ShouldAllBe(candle => candle.Source == "polygon" && candle.Vwap > candle.Low && candle.Vwap < candle.High && candle.Trades > 0);
        job.Inserted.ShouldBe(stored.Count);
    }

    [Fact]
    public async Task Features_are_those_of_an_independent_computation()
    {
        await TrackAsync("AAPL", "stock", "1d");
        await EnrichAsync("AAPL");

        await ShouldHaveRightFeaturesAsync();
    }

    [Fact]
    public async Task Features_of_new_days_are_those_of_a_whole_recomputation()
    {
        await TrackAsync("AAPL", "stock", "1d");
        Time.Set(MidSession.AddDays(-30));
        await EnrichAsync("AAPL");
        for (var days = -29; days <= 0; days += 3)
        {
            Time.Set(MidSession.AddDays(days));
            (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");
        }

        await ShouldHaveRightFeaturesAsync();
    }

    [Fact]
    public async Task Every_table_tells_of_the_run()
    {
        await TrackAsync("AAPL", "stock", "1d", "1h");
        var job = await EnrichAsync("AAPL");

        var (days, hours) = ((await CandlesAsync("AAPL", "1d")).Count, (await CandlesAsync("AAPL", "1h")).Count);
        (await QueryAsync<string>("SELECT concat_ws(' ', source, timeframe, records_fetched, records_inserted, success) FROM enrichment_fetch_log ORDER BY timeframe"))
            .ShouldBe([$"polygon 1d {days} {days} t", $"polygon 1h {hours} {hours} t"]);
        (await ScalarAsync<bool>("SELECT bool_and(source_response_time_ms > 0 AND job_id = @Run) FROM enrichment_fetch_log", job)).ShouldBeTrue();
        (await ScalarAsync<long>("SELECT count(*) FROM enrichment_compute_log WHERE success AND features_computed > 0 AND compute_type = 'universal'")).ShouldBe(2);
        (await ScalarAsync<bool>(
            """
            SELECT status = 'healthy' AND records_available = @records AND quality_score > 0.99 AND validation_rate > 0.99 AND error_message IS NULL
               AND last_fetch_success IS NOT NULL AND last_compute_success IS NOT NULL
               AND data_age_seconds = extract(epoch FROM now() - '2026-11-18 18:30Z')::float8
            FROM enrichment_status WHERE symbol = 'AAPL'
            """,
            new { records = days + hours })).ShouldBeTrue();
        (await ScalarAsync<long>("SELECT sum(total_records) FROM data_quality_metrics WHERE timeframe = '1h' AND data_completeness = 1")).ShouldBe(hours);
        (await QueryAsync<string>("SELECT timeframe || ' ' || status FROM backfill_state ORDER BY 1")).ShouldBe(["1d completed", "1h completed"]);
        (await ScalarAsync<bool>(
            "SELECT status = 'completed' AND symbols_successful = 1 AND symbols_failed = 0 AND records_inserted = @records AND completed_at >= started_at FROM enrichment_history",
            new { records = days + hours })).ShouldBeTrue();
        (await ScalarAsync<DateTime>("SELECT last_ts FROM series WHERE timeframe = '1d'")).ShouldBe(new DateTime(2026, 11, 17, 0, 0, 0, DateTimeKind.Utc));
        (await ScalarAsync<DateTime>("SELECT last_ts FROM series WHERE timeframe = '1h'")).ShouldBe(new DateTime(2026, 11, 18, 17, 30, 0, DateTimeKind.Utc));
    }

    [Fact]
    public async Task A_second_run_fetches_from_the_watermark_and_writes_nothing_that_is_unchanged()
    {
        await TrackAsync("AAPL", "stock", "1d");
        await EnrichAsync("AAPL");
        // Whatever is written anew has another transaction's number.
        var before = await QueryAsync<string>("SELECT xmin::text || ' ' || ts FROM bars_1d ORDER BY ts");
        var features = await QueryAsync<string>("SELECT xmin::text || ' ' || ts FROM feature_checkpoints ORDER BY ts");
        var second = await EnrichAsync("AAPL");

        second.Status.ShouldBe("succeeded");
        second.Inserted.ShouldBe(0);
        second.Updated.ShouldBe(0);
        second.Fetched.ShouldBeInRange(3, 6);
        (await QueryAsync<string>("SELECT xmin::text || ' ' || ts FROM bars_1d ORDER BY ts")).ShouldBe(before);
        (await QueryAsync<string>("SELECT xmin::text || ' ' || ts FROM feature_checkpoints ORDER BY ts")).ShouldBe(features);
        (await ScalarAsync<long>("SELECT count(*) FROM candle_revisions")).ShouldBe(0);
    }

    [Fact]
    public async Task A_new_session_is_added_once_it_has_closed()
    {
        await TrackAsync("AAPL", "stock", "1d", "1h");
        await EnrichAsync("AAPL");
        (await CandlesAsync("AAPL", "1d"))[^1].Ts.ShouldBe(new DateTime(2026, 11, 17, 0, 0, 0, DateTimeKind.Utc));
        Time.Set(new DateTimeOffset(2026, 11, 18, 21, 5, 0, TimeSpan.Zero));
        await EnrichAsync("AAPL");

        (await CandlesAsync("AAPL", "1d"))[^1].Ts.ShouldBe(new DateTime(2026, 11, 18, 0, 0, 0, DateTimeKind.Utc));
        (await CandlesAsync("AAPL", "1h"))[^1].Ts.ShouldBe(new DateTime(2026, 11, 18, 20, 30, 0, DateTimeKind.Utc));
    }

    [Fact]
    public async Task A_backfill_that_was_broken_off_goes_on_where_it_stopped()
    {
        await TrackAsync("BTC-USD", "crypto", "5m");
        await ConfigureAsync(("Enrichment:History:FiveMinutes", "130"));
        // The first of three portions is let through, the second hangs: there the node is stopped.
        await FaultAsync(new { kind = "hang", provider = "binance", symbol = "BTC-USD", endpoint = "candles", after = 20 });
        await new RunStore(Database).CreateAsync(new RunRequest { Trigger = RunTrigger.Manual, Symbols = ["BTC-USD"] }, Cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = RunNextAsync(stop.Token);
        await Eventually.BecomesAsync(
            () => ScalarAsync<bool>("SELECT EXISTS (SELECT FROM backfill_state WHERE last_successful_date IS NOT NULL)"), TimeSpan.FromSeconds(60), Cancellation);
        await stop.CancelAsync();
        await running;
        var reached = await ScalarAsync<DateTime>("SELECT last_successful_date FROM backfill_state");
        var stored = (await CandlesAsync("BTC-USD", "5m")).Count;
        stored.ShouldBeGreaterThan(10_000);
        (await ScalarAsync<string>("SELECT status FROM backfill_state")).ShouldBe("running");

        await RepairAsync();
        using var forget = await Simulator.DeleteAsync("simulator/requests", Cancellation);
        while (await RunNextAsync())
        {
            // The job that was given back.
        }

        (await ScalarAsync<string>("SELECT string_agg(status, ' ') FROM backfill_state")).ShouldBe("completed");
        var all = await CandlesAsync("BTC-USD", "5m");
        all[0].Ts.ShouldBe(MidSession.UtcDateTime.Date.AddDays(-130));
        all[^1].Ts.ShouldBe(MidSession.UtcDateTime.Date.AddHours(18).AddMinutes(55));
        all.Count.ShouldBe((int)((all[^1].Ts - all[0].Ts).TotalMinutes / 5) + 1);
        (await ScalarAsync<string>("SELECT status FROM enrichment_jobs")).ShouldBe("succeeded");
        // What was stored before the stop was not asked for again.
        (await RequestsAsync("binance", "BTC-USD")).ShouldBeLessThanOrEqualTo((int)((all[^1].Ts - reached).TotalMinutes / 5 / 1000) + 3);
    }

    [Fact]
    public async Task A_range_asked_for_is_fetched_and_leaves_the_features_after_it_right()
    {
        await TrackAsync("AAPL", "stock", "1d");
        await EnrichAsync("AAPL");
        var (from, to) = (new DateTime(2026, 4, 1, 0, 0, 0, DateTimeKind.Utc), new DateTime(2026, 6, 25, 0, 0, 0, DateTimeKind.Utc));
        (await EnrichAsync("AAPL", from, to)).Status.ShouldBe("succeeded");

        (await CandlesAsync("AAPL", "1d"))[0].Ts.ShouldBe(from);
        await ShouldHaveRightFeaturesAsync();
    }

    [Fact]
    public async Task A_range_that_ends_just_before_the_last_candle_leaves_the_features_right()
    {
        await ConfigureAsync(("Enrichment:History:OneDay", "1"));
        await TrackAsync("AAPL", "stock", "1d");
        await EnrichAsync("AAPL");
        var last = (await CandlesAsync("AAPL", "1d")).ShouldHaveSingleItem().Ts;
        (await EnrichAsync("AAPL", last.AddDays(-120), last)).Status.ShouldBe("succeeded");

        await ShouldHaveRightFeaturesAsync();
    }

    [Fact]
    public async Task A_range_that_cannot_be_had_does_not_keep_back_what_is_new()
    {
        await TrackAsync("AAPL", "stock", "1d");
        await EnrichAsync("AAPL");
        foreach (var provider in (string[])["polygon", "yahoo"])
            await FaultAsync(new { kind = "unknown_symbol", provider, symbol = "AAPL" });
        (await EnrichAsync("AAPL", MidSession.UtcDateTime.AddDays(-400), MidSession.UtcDateTime.AddDays(-300))).Status.ShouldBe("failed");
        await RepairAsync();
        var before = await CandlesAsync("AAPL", "1d");

        Time.Set(MidSession.AddDays(1));
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");

        var after = await CandlesAsync("AAPL", "1d");
        (after.Count, after[0].Ts).ShouldBe((before.Count + 1, before[0].Ts));
    }

    [Fact]
    public async Task A_range_that_was_broken_off_goes_on_after_what_is_new()
    {
        await TrackAsync("AAPL", "stock", "1d");
        await EnrichAsync("AAPL");
        await FaultAsync(new { kind = "server_error", provider = "polygon", symbol = "AAPL" });
        await FaultAsync(new { kind = "server_error", provider = "yahoo", symbol = "AAPL" });
        var (from, to) = (MidSession.UtcDateTime.Date.AddDays(-400), MidSession.UtcDateTime.Date.AddDays(-300));
        (await EnrichAsync("AAPL", from, to)).Status.ShouldBe("failed");
        (await EnrichAsync("AAPL")).Status.ShouldBe("failed");
        await RepairAsync();

        Time.Set(MidSession.AddDays(1));
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");

        var candles = await CandlesAsync("AAPL", "1d");
        candles[0].Ts.ShouldBeInRange(from, from.AddDays(4));
        candles[^1].Ts.ShouldBe(new DateTime(2026, 11, 18, 0, 0, 0, DateTimeKind.Utc));
        (await QueryAsync<string>("SELECT DISTINCT status FROM backfill_state")).ShouldBe(["completed"]);
    }

    [Fact]
    public async Task A_range_up_to_now_that_was_broken_off_is_the_same_one_later()
    {
        await ConfigureAsync(("Enrichment:History:FiveMinutes", "1"));
        await TrackAsync("BTC-USD", "crypto", "5m");
        await EnrichAsync("BTC-USD");
        await FaultAsync(new { kind = "hang", provider = "binance", symbol = "BTC-USD", endpoint = "candles", after = 20 });
        await new RunStore(Database).CreateAsync(
            new RunRequest { Trigger = RunTrigger.Backfill, Symbols = ["BTC-USD"], From = MidSession.UtcDateTime.AddDays(-100), To = MidSession.UtcDateTime }, Cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = RunNextAsync(stop.Token);
        await Eventually.BecomesAsync(
            () => ScalarAsync<bool>("SELECT EXISTS (SELECT FROM backfill_state WHERE status = 'running' AND last_successful_date IS NOT NULL)"),
            TimeSpan.FromSeconds(60),
            Cancellation);
        await stop.CancelAsync();
        await running;
        await RepairAsync();

        Time.Set(MidSession.AddMinutes(20));
        while (await RunNextAsync())
        {
            // The job that was given back.
        }

        (await QueryAsync<string>("SELECT status FROM backfill_state")).ShouldBe(["completed", "completed"]);
        var all = await CandlesAsync("BTC-USD", "5m");
        all.Count.ShouldBe((int)((all[^1].Ts - all[0].Ts).TotalMinutes / 5) + 1);
    }

    // Those of an independent computation over the whole series.
    private async Task ShouldHaveRightFeaturesAsync()
    {
        var candles = await CandlesAsync("AAPL", "1d");
        foreach (var (name, values) in ReferenceFeatures.Daily([.. candles.Select(candle => (candle.High, candle.Low, candle.Close, candle.Volume))]))
            Agree(name, values, await FeatureAsync("AAPL", "1d", name));
    }

    internal static void Agree(string name, double?[] expected, IReadOnlyList<double?> actual)
    {
        actual.Count.ShouldBe(expected.Length, name);
        for (var i = 0; i < expected.Length; i++)
        {
            var (wanted, found) = (expected[i], actual[i]);
            var same = wanted is null || found is null ? wanted is null && found is null : Math.Abs(found.Value - wanted.Value) <= 1e-9 * Math.Max(1, Math.Abs(wanted.Value));
            same.ShouldBeTrue(string.Create(CultureInfo.InvariantCulture, $"{name}, row {i}: {found} instead of {wanted}"));
        }
    }
}
