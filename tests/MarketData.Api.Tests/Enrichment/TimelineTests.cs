using System.Net;

namespace MarketData.Api.Tests.Enrichment;

public sealed class TimelineTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Path = "/api/v1/enrichment";

    [Fact]
    public async Task A_run_tells_what_it_was_asked_for_and_what_each_symbol_did_when()
    {
        await fixture.Database.TrackAsync("TLA");
        await fixture.Database.TrackAsync("TLB");
        await fixture.Database.QueueAsync("TLB");
        var accepted = await fixture.Operator.PostAsync(
            $"{Path}/trigger", new { symbols = new[] { "TLA" }, timeframes = new[] { "1d" }, from = "2024-01-02", to = "2024-02-01" }).JsonAsync(HttpStatusCode.Accepted);
        var run = accepted.GetProperty("job_id").GetGuid();
        await fixture.Database.ExecuteAsync(
            """
            UPDATE enrichment_jobs SET status = 'running', attempt = 1, started_at = now(), attempt_started_at = now(), lease_owner = 'node-1' WHERE job_id = @run;
            INSERT INTO enrichment_job_attempts (enrichment_job_id, attempt, node_id, started_at, steps)
            SELECT id, 1, 'node-1', now(), '[{"step":"fetch","timeframe":"1d","ms":12.5,"started_at":"2026-01-02T03:04:05Z","times":2,"provider":"polygon","candles":20,"outcome":"succeeded"}, {"step":"store","timeframe":"1d","ms":3}]'
            FROM enrichment_jobs WHERE job_id = @run;
            INSERT INTO provider_request_log (provider, node_id, job_id, attempt, symbol, timeframe, method, address, status, failure, started_at, duration_ms)
            VALUES ('polygon', 'node-1', @run, 1, 'TLA', '1d', 'GET', 'https://api.example/2', NULL, 'timeout', '2026-01-02 03:04:06Z', 5000),
                   ('polygon', 'node-1', @run, 1, 'TLA', '1d', 'GET', 'https://api.example/1', 200, NULL, '2026-01-02 03:04:05Z', 12.5),
                   ('polygon', 'node-1', @run, 1, 'TLB', '1d', 'GET', 'https://api.example/3', 200, NULL, '2026-01-02 03:04:05Z', 12.5)
            """,
            new { run });

        var timeline = await fixture.Stranger.FetchAsync($"{Path}/runs/{run}/timeline").JsonAsync();
        var asked = timeline.GetProperty("asked");
        asked.GetProperty("all_symbols").GetBoolean().ShouldBeFalse();
        asked.GetProperty("timeframes").Texts().ShouldBe(["1d"]);
        asked.GetProperty("from").GetDateTime().ShouldBe(new DateTime(2024, 1, 2, 0, 0, 0, DateTimeKind.Utc));
        asked.GetProperty("to").GetString().ShouldBe("2024-02-01T00:00:00Z");
        asked.GetProperty("joined").Texts().ShouldBeEmpty();
        var steps = timeline.GetProperty("jobs")[0].GetProperty("attempts")[0].GetProperty("steps");
        steps[0].GetProperty("provider").GetString().ShouldBe("polygon");
        steps[0].GetProperty("started_at").GetString().ShouldBe("2026-01-02T03:04:05Z");
        steps[0].GetProperty("candles").GetInt64().ShouldBe(20);
        steps[1].GetProperty("times").GetInt32().ShouldBe(1);
        timeline.GetProperty("jobs")[0].GetProperty("requests").EnumerateArray().Select(call => $"{call.GetProperty("address")} {call.GetProperty("status")} {call.GetProperty("failure")}")
            .ShouldBe(["https://api.example/1 200 ", "https://api.example/2  timeout"]);
        var job = timeline.GetProperty("jobs")[0].GetProperty("job").GetProperty("id").GetInt64();
        (await fixture.Stranger.FetchAsync($"{Path}/jobs/{job}").JsonAsync()).GetProperty("requests").GetArrayLength().ShouldBe(2);
        timeline.GetProperty("ends_at").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);

        var both = await fixture.Operator.PostAsync($"{Path}/trigger?symbols=TLA&symbols=TLB").JsonAsync(HttpStatusCode.Accepted);
        both.GetProperty("already_running").Texts().ShouldBe(["TLB"]);
        var second = await fixture.Stranger.FetchAsync($"{Path}/runs/{both.GetProperty("job_id").GetString()}/timeline?status=queued&limit=1").JsonAsync();
        second.GetProperty("asked").GetProperty("joined").Texts().ShouldBe(["TLB"]);
        second.GetProperty("total").GetInt32().ShouldBe(1);

        await fixture.Stranger.FetchAsync($"{Path}/runs/{Guid.NewGuid()}/timeline").ProblemAsync(HttpStatusCode.NotFound);
        await fixture.Stranger.FetchAsync($"{Path}/runs/{run}/timeline?limit=0").ProblemAsync(HttpStatusCode.BadRequest, "limit");
        await fixture.Stranger.FetchAsync($"{Path}/runs/{run}/timeline?status=open").ProblemAsync(HttpStatusCode.BadRequest, "status");
    }

    [Fact]
    public async Task One_symbol_of_a_run_is_cancelled_and_the_audit_says_so()
    {
        await fixture.Database.TrackAsync("ONEA");
        await fixture.Database.TrackAsync("ONEB");
        var run = await fixture.Database.QueueAsync("ONEA", "ONEB");
        var jobs = (await fixture.Stranger.FetchAsync($"{Path}/runs/{run}").JsonAsync()).GetProperty("symbols");
        var id = jobs[1].GetProperty("id").GetInt64();
        await fixture.Stranger.RemoveAsync($"{Path}/jobs/{id}").ProblemAsync(HttpStatusCode.Unauthorized);
        await fixture.Reader.RemoveAsync($"{Path}/jobs/{id}").ProblemAsync(HttpStatusCode.Forbidden);

        var cancelled = await fixture.Operator.RemoveAsync($"{Path}/jobs/{id}").JsonAsync();

        cancelled.GetProperty("symbol").GetString().ShouldBe("ONEB");
        cancelled.GetProperty("status").GetString().ShouldBe("cancelled");
        var left = (await fixture.Stranger.FetchAsync($"{Path}/runs/{run}").JsonAsync()).GetProperty("symbols");
        left.EnumerateArray().Select(job => job.GetProperty("status").GetString()).ShouldBe(["queued", "cancelled"]);
        await fixture.Operator.RemoveAsync($"{Path}/jobs/999999999").ProblemAsync(HttpStatusCode.NotFound);
        await fixture.Operator.RemoveAsync($"{Path}/jobs/0").ProblemAsync(HttpStatusCode.BadRequest, "id");
    }

    [Fact]
    public async Task A_part_of_what_failed_is_tried_again()
    {
        await fixture.Database.TrackAsync("PARTA");
        await fixture.Database.TrackAsync("PARTB");
        var run = await fixture.Database.QueueAsync("PARTA", "PARTB");
        await fixture.Database.EndAsync(run, failed: "PARTA");
        await fixture.Database.ExecuteAsync("UPDATE enrichment_jobs SET status = 'failed' WHERE job_id = @run", new { run });

        await fixture.Operator.PostAsync($"{Path}/retry-failed?job_id={run}&symbols=OTHER").ProblemAsync(HttpStatusCode.Conflict);
        var again = await fixture.Operator.PostAsync($"{Path}/retry-failed?job_id={run}&symbols=partb").JsonAsync(HttpStatusCode.Accepted);

        again.GetProperty("symbols_queued").Texts().ShouldBe(["PARTB"]);
    }

    [Fact]
    public async Task A_job_has_its_log_by_level_and_page()
    {
        await fixture.Database.TrackAsync("LOGGED");
        var run = await fixture.Database.QueueAsync("LOGGED");
        var id = (await fixture.Stranger.FetchAsync($"{Path}/runs/{run}").JsonAsync()).GetProperty("symbols")[0].GetProperty("id").GetInt64();
        await fixture.Database.ExecuteAsync(
            """
            INSERT INTO enrichment_job_log (enrichment_job_id, attempt, node_id, logged_at, level, message, exception)
            VALUES (@id, 1, 'node-1', now(), 'debug', 'one', NULL), (@id, 1, 'node-1', now(), 'warning', 'two', 'TimeoutException: late'), (@id, 2, 'node-1', now(), 'error', 'three', NULL)
            """,
            new { id });

        (await MessagesAsync($"{Path}/jobs/{id}/log")).ShouldBe(["one", "two", "three"]);
        (await MessagesAsync($"{Path}/jobs/{id}/log?level=warning")).ShouldBe(["two", "three"]);
        var first = await fixture.Stranger.FetchAsync($"{Path}/jobs/{id}/log?limit=2").JsonAsync();
        (await MessagesAsync($"{Path}/jobs/{id}/log?limit=2&cursor={first.GetProperty("next_cursor").GetString()}")).ShouldBe(["three"]);
        await fixture.Stranger.FetchAsync($"{Path}/jobs/{id}/log?level=loud").ProblemAsync(HttpStatusCode.BadRequest, "level");
        await fixture.Stranger.FetchAsync($"{Path}/jobs/999999999/log").ProblemAsync(HttpStatusCode.NotFound);

        async Task<IReadOnlyList<string?>> MessagesAsync(string address) =>
            [.. (await fixture.Stranger.FetchAsync(address).JsonAsync()).GetProperty("items").EnumerateArray().Select(line => line.GetProperty("message").GetString())];
    }

    [Fact]
    public async Task Days_tell_how_their_runs_went_the_nightly_one_first()
    {
        await fixture.Database.ExecuteAsync(
            """
            INSERT INTO enrichment_history (job_id, trigger, status, created_at, completed_at, symbols_total, symbols_successful, symbols_failed)
            VALUES ('0198a7a0-0000-7000-8000-000000000001', 'nightly', 'partial', '2020-02-03 23:59:59.999Z', '2020-02-04Z', 5, 4, 1),
                   ('0198a7a0-0000-7000-8000-000000000002', 'manual', 'failed', '2020-02-03 12:00Z', '2020-02-04Z', 2, 0, 2),
                   ('0198a7a0-0000-7000-8000-000000000003', 'manual', 'completed', '2020-02-04 00:00Z', '2020-02-04Z', 1, 1, 0)
            """);

        var days = (await fixture.Stranger.FetchAsync($"{Path}/history/days?from=2020-02-03&to=2020-02-04").JsonAsync()).GetProperty("days");
        days.EnumerateArray().Select(day => $"{day.GetProperty("date")} {day.GetProperty("runs")} {day.GetProperty("trigger")} {day.GetProperty("status")} {day.GetProperty("symbols_failed")}")
            .ShouldBe(["2020-02-03 2 nightly partial 3", "2020-02-04 1 manual completed 0"]);
        (await fixture.Stranger.FetchAsync($"{Path}/history/days?to=2020-02-03").JsonAsync()).GetProperty("from").GetString().ShouldBe("2019-11-05");
        await fixture.Stranger.FetchAsync($"{Path}/history/days?from=2020-02-03&to=2020-02-02").ProblemAsync(HttpStatusCode.BadRequest, "from");
        await fixture.Stranger.FetchAsync($"{Path}/history/days?from=2010-02-03&to=2020-02-02").ProblemAsync(HttpStatusCode.BadRequest, "from");
    }
}
