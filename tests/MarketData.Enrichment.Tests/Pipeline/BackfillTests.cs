using MarketData.Enrichment.Pipeline;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;
using MarketData.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>A backfill costs what was said before it began, ends when it is cancelled, and goes on where it ended.</summary>
public sealed class BackfillTests(PostgresServer server) : PipelineTests(server)
{
    private static readonly DateTime From = new(2025, 11, 3, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime To = new(2026, 11, 2, 0, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("polygon", "AAPL", "stock", "1h", 250)]
    [InlineData("polygon", "BTC-USD", "crypto", "15m", 90)]
    [InlineData("alpaca", "AAPL", "stock", "15m", 200)]
    [InlineData("coinbase", "BTC-USD", "crypto", "1h", 60)]
    [InlineData("yahoo", "AAPL", "stock", "5m", 40)]
    [InlineData("yahoo", "AAPL", "stock", "1d", 365)]
    public async Task It_takes_the_requests_that_were_planned(string provider, string symbol, string assetClass, string timeframe, int days)
    {
        await ConfigureAsync(
            ($"Providers:Order:{assetClass}", provider), ("Providers:Alpaca:ApiKey", "test"), ("Providers:Alpaca:ApiSecret", "test"));
        await TrackAsync(symbol, assetClass, timeframe);
        var plan = await PlanAsync(To.AddDays(-days), symbol);
        (await EnrichAsync(symbol, To.AddDays(-days), To)).Status.ShouldBe("succeeded");

        // Coinbase tells once a day what a pair is, and Polygon has no bars of minutes without a trade.
        var made = Made();
        (plan.Providers.Single(one => one.Provider == provider).Requests - made.GetValueOrDefault(provider))
            .ShouldBeInRange(provider == "coinbase" ? -1 : 0, provider == "polygon" ? 1 : 0);
        made.Keys.ShouldBe(plan.Providers.Select(one => one.Provider), ignoreOrder: true);
        (plan.Requests - made.Values.Sum()).ShouldBeInRange(-1, 1);
        plan.ActionRequests.ShouldBe(assetClass == "stock" ? provider switch { "polygon" => 3, _ => 2 } : 0);
        plan.Candles.ShouldBe(await ScalarAsync<long>("SELECT count(*) FROM candles"));
        plan.Intervals.ShouldHaveSingleItem().Shortened.ShouldBe(0);
    }

    [Theory]
    [InlineData("stock", "AAPL", "1d", 500)]
    [InlineData("stock", "MSFT", "5m", 130)]
    [InlineData("crypto", "BTC-USD", "1h", 40)]
    public async Task What_a_second_provider_is_asked_is_planned_and_counted_too(string assetClass, string symbol, string timeframe, int days)
    {
        await ConfigureAsync(("Quality:CrossCheckSample", "0.2"));
        await TrackAsync(symbol, assetClass, timeframe);
        var plan = await PlanAsync(To.AddDays(-days), symbol);
        var run = (await EnrichAsync(symbol, To.AddDays(-days), To)).Run;
        plan.CrossCheckRequests.ShouldBeGreaterThan(0);
        foreach (var gate in Services.GetServices<ProviderGate>())
            await new ProviderRequestStore(Database).AddAsync("node-1", gate.Provider, gate.TakeRequests(), Cancellation);

        // The same plan comes from the jobs of the run; by now splits and names are not due.
        var store = Services.GetRequiredService<BackfillPlanStore>();
        await ExecuteAsync("UPDATE enrichment_history SET status = 'running', completed_at = NULL");
        var begun = (await store.ClaimBegunAsync(Cancellation)).ShouldNotBeNull();
        (await store.ClaimBegunAsync(Cancellation)).ShouldBeNull();
        await store.KeepAsync(begun.Id, await Services.GetRequiredService<BackfillPlanner>().PlanAsync(begun, Cancellation), Cancellation);
        var (_, _, _, kept, spent) = (await new BackfillReader(Database).ReadAsync(run, Cancellation)).ShouldNotBeNull();
        (kept!.Requests, kept.CrossCheckRequests).ShouldBe((plan.Requests - plan.ActionRequests, plan.CrossCheckRequests));
        kept.Candles.ShouldBe(plan.Candles);
        (plan.Requests - spent.Requests).ShouldBeInRange(-1, 1);
        spent.Providers.Select(one => one.Provider).ShouldBe(plan.Providers.Select(one => one.Provider), ignoreOrder: true);
        spent.Seconds.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task What_nobody_serves_or_what_was_not_listed_is_said_and_costs_nothing()
    {
        await ConfigureAsync(
            ("Providers:Order:Stock", "yahoo"), ("Providers:Polygon:ApiKey", ""), ("Providers:Yahoo:Resilience:RequestsPerMinute", "30"),
            ("Providers:Yahoo:Resilience:Burst", "1"));
        await TrackAsync("AAPL", "stock", "5m", "1d", "1w");
        await TrackAsync("LATER", "stock", "1d");
        await ExecuteAsync("UPDATE symbols SET first_traded = '2026-11-04' WHERE symbol = 'LATER'");
        var plan = await PlanAsync(From, "AAPL", "LATER");

        var minutes = plan.Intervals.Single(interval => interval.Timeframe == "5m");
        // Yahoo keeps sixty days.
        (minutes.Shortened, minutes.ServedFrom!.Value.Date).ShouldBe((1, MidSession.UtcDateTime.Date.AddDays(-60)));
        var days = plan.Intervals.Single(interval => interval.Timeframe == "1d");
        (days.Series, days.Empty, days.Shortened, days.From).ShouldBe((2, 1, 0, From));
        plan.Intervals.Count.ShouldBe(2);
        (plan.Symbols, plan.Series).ShouldBe((2, 3));
        (plan.LimitedBy, plan.Seconds).ShouldBe(("yahoo", (plan.Providers.Single(one => one.Provider == "yahoo").Requests - 1) * 2));
    }

    [Fact]
    public async Task A_cancelled_one_keeps_what_it_has_and_is_resumed_behind_it()
    {
        await TrackAsync("AAPL", "stock", "5m", "1d");
        // Somebody cancels when the first part of the minutes is stored.
        await ExecuteAsync(
            """
            CREATE FUNCTION cancel_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                UPDATE enrichment_jobs SET cancel_requested = true, stop_requested = true WHERE job_id = NEW.job_id; RETURN NULL; END $$;
            CREATE TRIGGER cancel_it AFTER UPDATE OF last_successful_date ON backfill_state
                FOR EACH ROW WHEN (NEW.timeframe = '5m' AND NEW.last_successful_date IS NOT NULL) EXECUTE FUNCTION cancel_it();
            """);
        var cancelled = await EnrichAsync(new RunRequest { Trigger = RunTrigger.Backfill, Symbols = ["AAPL"], From = To.AddDays(-150), To = To });
        await ExecuteAsync("DROP TRIGGER cancel_it ON backfill_state");

        cancelled.Status.ShouldBe("cancelled");
        (await ScalarAsync<bool>("SELECT error_message IS NULL FROM symbol_status")).ShouldBeTrue();
        (await QueryAsync<string>("SELECT timeframe || ' ' || (last_successful_date = end_date)::text FROM backfill_state ORDER BY 1"))
            .ShouldBe(["1d true", "5m false"]);
        var parts = await ScalarAsync<long>("SELECT count(*) FROM enrichment_fetch_log WHERE timeframe = '5m'");
        parts.ShouldBe(1);

        var runs = new RunStore(Database);
        var resumed = (await runs.ResumeBackfillAsync(cancelled.Run, null, null, Cancellation)).ShouldNotBeNull();
        resumed.Queued.ShouldBe(["AAPL"]);
        while (await RunNextAsync())
        {
            // Until nothing is left to do.
        }

        var job = await JobAsync(resumed.JobId!.Value, "AAPL");
        job.Status.ShouldBe("succeeded");
        (await QueryAsync<string>("SELECT array_to_string(timeframes, ' ') FROM enrichment_jobs ORDER BY id")).ShouldBe(["5m 1d", "5m"]);
        // Nothing was fetched twice: three parts of up to sixty days.
        (await ScalarAsync<long>("SELECT count(*) FROM enrichment_fetch_log WHERE timeframe = '5m'")).ShouldBe(3);
        (await ScalarAsync<long>("SELECT count(*) FROM candles")).ShouldBe(cancelled.Inserted + job.Inserted);
        (await ScalarAsync<long>("SELECT count(*) FROM gaps")).ShouldBe(0);
        (await runs.ResumeBackfillAsync(cancelled.Run, null, null, Cancellation)).ShouldNotBeNull().JobId.ShouldBeNull();
    }

    private Dictionary<string, int> Made() => Services.GetServices<ProviderGate>()
        .Select(gate => (gate.Provider, gate.TakeRequests().Count)).Where(one => one.Count > 0).ToDictionary(one => one.Provider, one => one.Count);

    private Task<BackfillPlan> PlanAsync(DateTime from, params string[] symbols) => Services.GetRequiredService<BackfillPlanner>().PlanAsync(
        new RunRequest { Trigger = RunTrigger.Backfill, Symbols = symbols, From = from, To = To }, Cancellation);
}
