using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>Who is asked, in which order, and what a second source is worth.</summary>
public sealed class FallbackTests(PostgresServer server) : PipelineTests(server)
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 16, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("AAPL", "stock", "polygon,yahoo")]
    [InlineData("SPY", "etf", "polygon,yahoo")]
    [InlineData("BTC-USD", "crypto", "binance,polygon,coinbase,yahoo")]
    [InlineData("^GSPC", "stock", "yahoo")]
    public async Task Each_class_has_its_order_and_each_candle_its_source(string symbol, string assetClass, string order)
    {
        await TrackAsync(symbol, assetClass, "1d");
        var providers = order.Split(',');
        for (var refusing = 0; refusing < providers.Length; refusing++)
        {
            await ExecuteAsync("TRUNCATE bars_1d, bars_1h, series CASCADE; DELETE FROM backfill_state");
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
        await OpenPolygonsCircuitAsync();
        await RunStore.CreateAsync(new RunRequest { Trigger = RunTrigger.Manual, Symbols = ["AAPL"] }, Cancellation);
        (await RunNextAsync()).ShouldBeTrue();

        var stored = await CandlesAsync("AAPL", "1d");
        stored.Count.ShouldBeGreaterThan(90);
        stored.ShouldAllBe(candle => candle.Source == "yahoo" && candle.Notes!.Contains("fallback_source"));
        (await RequestsAsync("polygon", "AAPL")).ShouldBe(0);
        (await ScalarAsync<string>("SELECT DISTINCT error_message FROM enrichment_fetch_log WHERE symbol = 'AAPL' AND NOT success")).ShouldNotBeNull().ShouldContain("circuit");
        (await ScalarAsync<string>("SELECT status || ' ' || error_message FROM enrichment_jobs WHERE symbol = 'AAPL'")).ShouldNotBeNull().ShouldStartWith("retrying");
        (await ScalarAsync<string>("SELECT error_reason || ' ' || array_to_string(error_providers, ',') FROM enrichment_jobs WHERE symbol = 'AAPL'")).ShouldBe("circuit_open polygon");
        (await ScalarAsync<string>("SELECT DISTINCT source || ' for ' || array_to_string(instead_of, ',') FROM enrichment_fetch_log WHERE symbol = 'AAPL' AND success"))
            .ShouldBe("yahoo for polygon");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_stand_in_gave_is_the_first_providers_again_after_the_retry(bool isBackfill)
    {
        await OpenPolygonsCircuitAsync();
        var range = isBackfill ? ((DateTime From, DateTime To)?)(MidSession.UtcDateTime.Date.AddDays(-150), MidSession.UtcDateTime.Date) : null;
        await RunStore.CreateAsync(new RunRequest { Trigger = RunTrigger.Manual, Symbols = ["AAPL"], From = range?.From, To = range?.To }, Cancellation);
        await RunNextAsync();
        (await CandlesAsync("AAPL", "1d")).ShouldAllBe(candle => candle.Source == "yahoo");

        await MendAsync();
        await ExecuteAsync("UPDATE enrichment_jobs SET due_at = now()");
        await RunNextAsync();

        (await ScalarAsync<string>("SELECT status || ' ' || attempt FROM enrichment_jobs WHERE symbol = 'AAPL'")).ShouldBe("succeeded 2");
        await ShouldBePolygonsAsync();
    }

    [Fact]
    public async Task What_a_stand_in_gave_is_the_first_providers_again_after_the_next_run()
    {
        await OpenPolygonsCircuitAsync();
        var job = await EnrichAsync("AAPL");
        (job.Status, job.Attempt).ShouldBe(("succeeded", 3));
        (await CandlesAsync("AAPL", "1d")).ShouldAllBe(candle => candle.Source == "yahoo");
        (await ScalarAsync<bool>("SELECT provisional_from <= first_ts FROM series")).ShouldBeTrue();

        await MendAsync();
        var run = await QueueGapsAsync();
        run.Queued.ShouldBe(["AAPL"]);
        await RunNextAsync();

        await ShouldBePolygonsAsync();
        (await QueueGapsAsync()).JobId.ShouldBeNull();
        // From then on it is the usual overlap again.
        (await EnrichAsync("AAPL")).Fetched.ShouldBeInRange(3, 6);
    }

    [Fact]
    public async Task A_split_that_could_not_be_asked_for_is_asked_for_again_within_the_run()
    {
        await ConfigureAsync(("Providers:Yahoo:Enabled", "false"), ("Providers:Polygon:Resilience:MaxRetries", "0"));
        await TrackAsync("AAPL", "stock", "1d");
        await FaultAsync(new { kind = "server_error", provider = "polygon", symbol = "AAPL", endpoint = "splits", count = 2 });
        var job = await EnrichAsync("AAPL", new DateTime(2020, 6, 1, 0, 0, 0, DateTimeKind.Utc), new DateTime(2020, 10, 1, 0, 0, 0, DateTimeKind.Utc));

        (job.Status, job.Attempt).ShouldBe(("succeeded", 2));
        (await ScalarAsync<long>("SELECT count(*) FROM corporate_actions WHERE kind = 'split' AND ex_date = '2020-08-31'")).ShouldBe(1);
        (await ScalarAsync<long>("SELECT count(*) FROM candles WHERE validation_notes @> '{suspected_split}'")).ShouldBe(0);
        // The simulator's shares pay dividends, too.
        var factors = await new CorporateActionReader(Database).ReadFactorsAsync(Symbol.Parse("AAPL"), BarInterval.OneDay, null, Cancellation);
        var adjusted = (await CandlesAsync("AAPL", "1d")).Select(candle =>
            (candle.Ts < new DateTime(2020, 8, 31) ? candle.Close / 4 : candle.Close) * factors.On(DateOnly.FromDateTime(candle.Ts)).Dividend).ToList();
        var means = await FeatureAsync("AAPL", "1d", "sma_20", adjusted: true);
        means[^1].ShouldNotBeNull().ShouldBe(adjusted[^20..].Average(), 1e-9);
        means[70].ShouldNotBeNull().ShouldBe(adjusted[51..71].Average(), 1e-9);
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
        var differing = (await ComparisonsAsync()).Single(day => day.BarsDiffering > 0);
        (differing.Day, differing.Pair, differing.BarsCompared).ShouldBe((Monday.UtcDateTime, "polygon yahoo", 1));
        differing.MaxDifference.ShouldNotBeNull().ShouldBe(0.02 / 1.01, 1e-3);
        (await ComparisonsAsync()).Count.ShouldBeGreaterThan(90);
        doubted.Score.ShouldBe(0.8, 1e-12);

        // Without a second opinion the doubt stays; with one that agrees it goes.
        await FaultAsync(new { kind = "server_error", provider = "yahoo", symbol = "AAPL", count = 4 });
        await EnrichAsync("AAPL");
        (await ScalarAsync<long>("SELECT count(*) FROM candles WHERE validation_notes @> '{provider_disagreement}'")).ShouldBe(1);
        await RepairAsync();
        await EnrichAsync("AAPL");
        (await ScalarAsync<long>("SELECT count(*) FROM candles WHERE validation_notes @> '{provider_disagreement}'")).ShouldBe(0);
        (await ScalarAsync<long>("SELECT count(*) FROM candle_revisions")).ShouldBe(0);
        (await ComparisonsAsync()).ShouldAllBe(day => day.BarsDiffering == 0);
    }

    [Fact]
    public async Task A_stand_ins_answer_is_compared_with_what_it_meets()
    {
        await TrackAsync("AAPL", "stock", "1d", "1h");
        await EnrichAsync("AAPL");
        (await ComparisonsAsync()).ShouldBeEmpty();
        await FaultAsync(new { kind = "unknown_symbol", provider = "polygon", symbol = "AAPL", endpoint = "candles" });
        await FaultAsync(new { kind = "price_spike", provider = "yahoo", symbol = "AAPL", from = Monday, to = Monday.AddDays(1), factor = 1.02 });
        await ExecuteAsync("DELETE FROM bars_1d WHERE ts = '2026-11-13Z'");
        await EnrichAsync("AAPL");

        var days = (await ComparisonsAsync()).Where(day => day.Timeframe == "1d").ToList();
        days.ShouldAllBe(day => day.Pair == "polygon yahoo" && day.BarsCompared == 1 && day.OnlyProvider == 0 && day.OnlyOther == 0);
        days.Where(day => day.BarsDiffering == 1).Select(day => day.Day).ShouldBe([Monday.UtcDateTime]);
        var hours = (await ComparisonsAsync()).Where(day => day.Timeframe == "1h").ToList();
        hours.ShouldContain(day => day.BarsCompared >= 6);
        hours.Single(day => day.Day == Monday.UtcDateTime).BarsDiffering.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Bars_that_one_provider_lacks_are_counted()
    {
        await ConfigureAsync(("Quality:CrossCheckSample", "1"));
        await TrackAsync("AAPL", "stock", "1d");
        await FaultAsync(new { kind = "missing_bars", provider = "yahoo", symbol = "AAPL", from = Monday, to = Monday.AddDays(1) });
        await EnrichAsync("AAPL");

        var missing = (await ComparisonsAsync()).Single(day => day.OnlyProvider > 0);
        (missing.Day, missing.BarsCompared, missing.MaxDifference).ShouldBe((Monday.UtcDateTime, 0, null));
    }

    [Fact]
    public async Task A_second_provider_that_fails_harms_nothing()
    {
        await ConfigureAsync(("Quality:CrossCheckSample", "1"));
        await TrackAsync("AAPL", "stock", "1d");
        await FaultAsync(new { kind = "html_page", provider = "yahoo" });
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");
        (await CandlesAsync("AAPL", "1d")).ShouldAllBe(candle => candle.Source == "polygon" && candle.Score == 1);
        (await QueryAsync<string>("SELECT source || ' ' || error_message FROM enrichment_fetch_log WHERE NOT success"))
            .ShouldHaveSingleItem().ShouldStartWith("yahoo cross-check: answered something unreadable");
    }

    private sealed record Comparison(
        string Timeframe, DateTime Day, string Pair, int BarsCompared, int BarsDiffering, double? MaxDifference, int OnlyProvider, int OnlyOther);

    private Task<IReadOnlyList<Comparison>> ComparisonsAsync() => QueryAsync<Comparison>(
        """
        SELECT timeframe, day::timestamp AS day, provider || ' ' || other_provider AS pair, bars_compared, bars_differing, max_difference, only_provider, only_other
        FROM cross_checks ORDER BY timeframe, day
        """);

    private RunStore RunStore => new(Database);

    private async Task<RunTicket> QueueGapsAsync()
    {
        await using var connection = await Database.OpenConnectionAsync(Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        var ticket = await RunStore.CreateForGapsAsync(connection, transaction, new RunRequest { Trigger = RunTrigger.Gap }, Cancellation);
        await transaction.CommitAsync(Cancellation);
        return ticket;
    }

    // Another symbol's failures open it; AAPL itself has not been asked for.
    private async Task OpenPolygonsCircuitAsync()
    {
        await ConfigureAsync(("Providers:Polygon:Resilience:CircuitBreaker:ConsecutiveFailures", "2"), ("Providers:Polygon:Resilience:MaxRetries", "1"));
        await TrackAsync("MSFT", "stock", "1d");
        await ExecuteAsync("UPDATE symbols SET actions_checked_at = now()");
        await FaultAsync(new { kind = "server_error", provider = "polygon" });
        await EnrichAsync("MSFT");
        (await RequestsAsync("polygon", "MSFT")).ShouldBe(2);
        await ExecuteAsync("DELETE FROM symbols; DELETE FROM enrichment_fetch_log");
        await TrackAsync("AAPL", "stock", "1d");
        await ExecuteAsync("UPDATE symbols SET actions_checked_at = now()");
    }

    // The provider works again, and the circuit's break is over.
    private async Task MendAsync()
    {
        await RepairAsync();
        Time.Set(Time.GetUtcNow().AddMinutes(2));
    }

    private async Task ShouldBePolygonsAsync()
    {
        var stored = await CandlesAsync("AAPL", "1d");
        var said = await PolygonDaysAsync("AAPL", DateOnly.FromDateTime(MidSession.UtcDateTime.AddDays(-150)), new DateOnly(2026, 11, 17));
        stored.Select(candle => candle.Values).ShouldBe(said);
        stored.ShouldAllBe(candle => candle.Source == "polygon" && candle.Notes == null && candle.Score == 1);
        (await ScalarAsync<DateTime?>("SELECT provisional_from FROM series")).ShouldBeNull();
        var expected = ReferenceFeatures.Daily([.. stored.Select(candle => (candle.High, candle.Low, candle.Close, candle.Volume))]);
        foreach (var (name, values) in expected)
            SymbolPipelineTests.Agree(name, values, await FeatureAsync("AAPL", "1d", name));
    }
}
