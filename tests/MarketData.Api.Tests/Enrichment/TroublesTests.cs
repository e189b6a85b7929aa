using System.Text.Json;
using MarketData.Storage.Enrichment;
using MarketData.Testing;

namespace MarketData.Api.Tests.Enrichment;

/// <summary>What is wrong is told once for each cause: how many symbols it concerns, what they wait for, who filled in and what to do.</summary>
public sealed class TroublesTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private const string Node = "node-t";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private TestDatabase Database => fixture.Database;

    private JobStore Jobs => new(Database.DataSource);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await Database.ExecuteAsync("""
            DELETE FROM enrichment_history;
            DELETE FROM symbols;
            DELETE FROM enrichment_fetch_log;
            DELETE FROM provider_request_log;
            UPDATE scheduler_state SET paused = false, changed_at = now() - interval '1 hour', changed_by = NULL;
            """);
        await Database.AliveAsync(Node);
        await Database.ReportAsync("polygon", Node, isOpen: false);
        await Database.ReportAsync("yahoo", Node, isOpen: false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Symbols_that_fail_for_one_reason_are_one_trouble_whatever_each_message_says()
    {
        await TrackAsync("AONE", "BTWO", "CTHREE", "DFOUR", "ELSE");
        await Database.QueueAsync("AONE", "BTWO", "CTHREE", "DFOUR", "ELSE");
        foreach (var symbol in (string[])["AONE", "BTWO", "CTHREE", "DFOUR"])
            await FailAsync(new JobFailure(true, $"1d: polygon: refuses the key for {symbol}.", "Replace the key.", "bad_key") { Providers = ["polygon"] });
        await FailAsync(new JobFailure(true, "No provider has data for ELSE.\npolygon: does not list ELSE.", "Check the spelling.", "no_data"));

        var troubles = await TroublesAsync();

        var unknown = troubles.Single(trouble => Text(trouble, "kind") == "symbols_unknown");
        Text(unknown, "what").ShouldBe("No provider knows ELSE.");
        (Text(unknown, "severity"), Text(unknown, "what_to_do"), Text(unknown, "runbook")).ShouldBe(("bad", "Check the spelling.", "symbol-unknown"));
        Text(unknown, "raw").ShouldNotBeNull().ShouldContain("polygon: does not list ELSE.");
        unknown.GetProperty("job_number").GetInt64().ShouldBeGreaterThan(0);
        var refused = troubles.Single(trouble => Text(trouble, "kind") == "symbols_failed");
        Text(refused, "what").ShouldBe("4 symbols failed: Polygon refuses the key.");
        refused.GetProperty("symbol_count").GetInt64().ShouldBe(4);
        refused.GetProperty("symbols").Texts().ShouldBe(["AONE", "BTWO", "CTHREE", "DFOUR"], ignoreOrder: true);
    }

    [Fact]
    public async Task Providers_that_fail_a_symbol_for_reasons_of_their_own_are_told_apart()
    {
        await TrackAsync("AONE");
        await Database.QueueAsync("AONE");
        await FailAsync(new JobFailure(
            true, "Polygon refuses the key; Yahoo refuses the request.\n1d: polygon: answered 401. yahoo: answered 404.", "Replace the key.", "bad_key")
        {
            Providers = ["polygon", "yahoo"],
        });

        var failed = (await TroublesAsync()).Single(trouble => Text(trouble, "kind") == "symbols_failed");
        Text(failed, "what").ShouldNotBeNull().ShouldEndWith(": Polygon refuses the key; Yahoo refuses the request.");
    }

    [Fact]
    public async Task A_provider_in_trouble_says_who_waits_until_when_and_who_filled_in()
    {
        await Database.ReportAsync("polygon", Node, isOpen: true);
        await TrackAsync("WAITA", "WAITB", "DONE");
        await Database.QueueAsync("WAITA", "WAITB");
        var failure = new JobFailure(false, "1d: polygon: is in trouble: HTTP 500", "Wait: it is tried again.", "unavailable") { Providers = ["polygon"] };
        await FailAsync(failure);
        await FailAsync(failure with { Reason = "circuit_open", IsWaiting = true });
        await Database.ExecuteAsync("""
            INSERT INTO enrichment_fetch_log (symbol, source, timeframe, success, instead_of)
            VALUES ('DONE', 'yahoo', '1d', true, ARRAY['polygon']), ('DONE', 'yahoo', '1h', true, ARRAY['polygon']), ('WAITA', 'yahoo', '1d', true, NULL);
            INSERT INTO provider_request_log (provider, node_id, method, address, status, failure, started_at, duration_ms)
            SELECT 'polygon', 'node-t', 'GET', 'https://polygon.test/', CASE WHEN n IN (-2, -1, 0, 3) THEN 200 WHEN n = 5 THEN NULL ELSE 500 END,
                   CASE WHEN n IN (-2, -1, 0, 3) THEN NULL ELSE 'transient' END, now(), 12
            FROM generate_series(-2, 7) n ORDER BY n;
            """);

        var health = await HealthAsync();
        var trouble = Troubles(health).Single(one => Text(one, "provider") == "polygon");

        (Text(trouble, "kind"), Text(trouble, "severity"), Text(trouble, "runbook")).ShouldBe(("provider", "bad", "circuit-open"));
        Text(trouble, "what").ShouldBe("Polygon's circuit is open: it answered 500 to 6 of its last 7 requests.");
        Text(trouble, "effect").ShouldNotBeNull().ShouldEndWith(" wait for it. Yahoo filled in for 1 symbol in the last 24 hours.");
        trouble.GetProperty("symbols").Texts().ShouldBe(["WAITA", "WAITB"], ignoreOrder: true);
        trouble.GetProperty("next_try_at").GetDateTime().ShouldBeInRange(DateTime.UtcNow, DateTime.UtcNow.AddSeconds(30));
        Text(trouble, "raw").ShouldNotBeNull().ShouldContain("said no");
        var polygon = health.GetProperty("api_connectivity").EnumerateArray().Single(one => Text(one, "provider") == "polygon");
        polygon.GetProperty("waiting_symbols").GetInt64().ShouldBe(2);
        polygon.GetProperty("filled_in")[0].GetProperty("provider").GetString().ShouldBe("yahoo");
        Troubles(health).ShouldNotContain(one => Text(one, "kind") == "symbols_waiting");
        Text(health, "status").ShouldBe("degraded");
    }

    [Fact]
    public async Task A_cancelled_run_is_told_of_until_its_symbols_are_asked_for_again()
    {
        await TrackAsync("CANA", "CANB");
        var run = await Database.QueueAsync("CANA", "CANB");
        await new RunStore(Database.DataSource).CancelAsync(run, Token);

        var cancelled = (await TroublesAsync()).Single();

        (Text(cancelled, "kind"), Text(cancelled, "what")).ShouldBe(("run_cancelled", "The manual run was cancelled: CANA and CANB were not enriched."));
        Text(cancelled, "effect").ShouldBe("There is no data of them yet.");
        cancelled.GetProperty("run_id").GetGuid().ShouldBe(run);
        await Database.QueueAsync("CANA");
        Text((await TroublesAsync()).Single(), "what").ShouldBe("The manual run was cancelled: CANB was not enriched.");
    }

    [Fact]
    public async Task A_night_that_was_missed_is_told_of_where_there_is_a_schedule()
    {
        await TrackAsync("LATE");
        await Database.EndAsync(await Database.QueueAsync("LATE"));
        await Database.ExecuteAsync("""
            UPDATE symbol_status SET health = 'healthy', status = 'healthy', last_enrichment_time = now();
            UPDATE enrichment_history SET started_at = now() - interval '28 hours', completed_at = now() - interval '27 hours';
            """);
        (await TroublesAsync()).ShouldBeEmpty();
        await Database.ExecuteAsync("INSERT INTO schedules (name, expression, next_run) VALUES ('nightly', '0 30 1 * * ?', now() + interval '1 hour')");

        var late = (await TroublesAsync()).Single();

        (Text(late, "kind"), Text(late, "effect"), Text(late, "runbook")).ShouldBe(("run_late", "Nothing is queued.", "no-run-completed"));
        await Database.ExecuteAsync("DELETE FROM schedules");
    }

    [Fact]
    public async Task Symbols_for_which_nothing_is_under_way_are_not_taken_for_a_first_run()
    {
        await TrackAsync("LONELY", "QUEUED");
        await Database.QueueAsync("QUEUED");

        var health = await HealthAsync();

        Text(Troubles(health).Single(), "what").ShouldBe("1 symbol has never been enriched, and nothing is queued for it.");
        (health.GetProperty("symbol_health").GetProperty("pending").GetInt64(), health.GetProperty("symbol_health").GetProperty("not_begun").GetInt64()).ShouldBe((2, 1));
    }

    [Fact]
    public async Task A_run_says_whether_it_goes_on_and_has_no_end_in_sight_while_it_does_not()
    {
        await TrackAsync("RUNA", "RUNB", "RUNC");
        var run = await Database.QueueAsync("RUNA", "RUNB", "RUNC");
        (await ProgressAsync(run)).ShouldBe(("queued", null, null));
        var first = (await Jobs.ClaimAsync(Node, TimeSpan.FromMinutes(1), 4, Token)).ShouldNotBeNull();
        await Database.ExecuteAsync("UPDATE enrichment_history SET started_at = now() - interval '1 minute' WHERE job_id = @run", new { run });
        await Jobs.CompleteAsync(first.Fence, ["1d"], [], Token);

        var (state, pace, end) = await ProgressAsync(run);
        state.ShouldBe("running");
        pace.ShouldNotBeNull().ShouldBeInRange(0.5, 1.01);
        end.ShouldNotBeNull().ShouldBeInRange(DateTime.UtcNow.AddSeconds(90), DateTime.UtcNow.AddMinutes(4));

        await new SchedulerStore(Database.DataSource).PauseAsync("ops", Token);
        (await ProgressAsync(run)).ShouldBe(("paused", null, null));
        Text((await TroublesAsync()).Single(trouble => Text(trouble, "kind") == "paused"), "effect").ShouldBe("2 jobs wait. It was paused by ops.");
        await new SchedulerStore(Database.DataSource).ResumeAsync("ops", Token);

        var failure = new JobFailure(false, "1d: polygon: HTTP 500", "Wait.", "unavailable") { Providers = ["polygon"] };
        await FailAsync(failure, TimeSpan.FromMinutes(5));
        await FailAsync(failure, TimeSpan.FromMinutes(9));
        (await ProgressAsync(run)).ShouldBe(("waiting", null, null));
        var waiting = (await fixture.Stranger.FetchAsync($"/api/v1/enrichment/runs/{run}").JsonAsync()).GetProperty("progress");
        waiting.GetProperty("waits_for").Texts().ShouldBe(["polygon"]);
        waiting.GetProperty("next_try_at").GetDateTime().ShouldBeInRange(DateTime.UtcNow.AddMinutes(4), DateTime.UtcNow.AddMinutes(5));

        await Database.ExecuteAsync("UPDATE enrichment_nodes SET heartbeat_at = now() - interval '1 hour'");
        (await ProgressAsync(run)).ShouldBe(("stopped", null, null));
    }

    private async Task TrackAsync(params string[] symbols)
    {
        foreach (var symbol in symbols)
            await Database.TrackAsync(symbol);
    }

    private async Task FailAsync(JobFailure failure, TimeSpan? retryAfter = null)
    {
        var job = (await Jobs.ClaimAsync(Node, TimeSpan.FromMinutes(1), 4, Token)).ShouldNotBeNull();
        await Jobs.FailAsync(job.Fence, failure, retryAfter ?? TimeSpan.FromMinutes(1), [], Token);
    }

    private Task<JsonElement> HealthAsync() => fixture.Stranger.FetchAsync("/api/v1/enrichment/dashboard/health").JsonAsync();

    private async Task<IReadOnlyList<JsonElement>> TroublesAsync() => Troubles(await HealthAsync());

    private async Task<(string? State, double? Pace, DateTime? End)> ProgressAsync(Guid run)
    {
        var progress = (await fixture.Stranger.FetchAsync($"/api/v1/enrichment/runs/{run}").JsonAsync()).GetProperty("progress");
        return (
            Text(progress, "state"), progress.GetProperty("symbols_per_minute") is { ValueKind: JsonValueKind.Number } pace ? pace.GetDouble() : null,
            progress.GetProperty("estimated_completion") is { ValueKind: JsonValueKind.String } end ? end.GetDateTime() : null);
    }

    private static IReadOnlyList<JsonElement> Troubles(JsonElement health) => [.. health.GetProperty("troubles").EnumerateArray()];

    private static string? Text(JsonElement of, string name) => of.GetProperty(name).GetString();
}
