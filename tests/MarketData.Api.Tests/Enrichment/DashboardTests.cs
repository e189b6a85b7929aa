using System.Net;

namespace MarketData.Api.Tests.Enrichment;

public sealed class DashboardTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_run_is_seen_from_queue_to_history()
    {
        var database = fixture.Database;
        foreach (var symbol in (string[])["RUNA", "RUNB", "RUNC"])
            await database.TrackAsync(symbol);
        await database.AliveAsync();
        var run = await database.QueueAsync("RUNA", "RUNB", "RUNC");

        var overview = await fixture.Stranger.FetchAsync("/api/v1/enrichment/dashboard/overview").JsonAsync();
        overview.GetProperty("scheduler_status").GetString().ShouldBe("running");
        overview.GetProperty("queue_depth").GetInt64().ShouldBeGreaterThanOrEqualTo(3);
        overview.GetProperty("nodes").GetInt64().ShouldBeGreaterThan(0);
        overview.GetProperty("job_queue").EnumerateArray().Select(job => job.GetProperty("symbol").GetString()).ShouldContain("RUNA");
        overview.GetProperty("job_queue")[0].GetProperty("status").GetString().ShouldBe("queued");

        var status = await fixture.Stranger.FetchAsync("/api/v1/enrichment/dashboard/job-status/runa").JsonAsync();
        status.GetProperty("symbol").GetString().ShouldBe("RUNA");
        status.GetProperty("status").GetString().ShouldBe("queued");
        status.GetProperty("current_job").GetProperty("job_id").GetGuid().ShouldBe(run);

        await database.EndAsync(run, failed: "RUNB");
        var detail = await fixture.Stranger.FetchAsync($"/api/v1/enrichment/runs/{run}").JsonAsync();
        detail.GetProperty("status").GetString().ShouldBe("partial");
        detail.GetProperty("symbols").GetArrayLength().ShouldBe(3);
        detail.GetProperty("progress").GetProperty("done").GetInt32().ShouldBe(3);
        detail.GetProperty("stuck").GetBoolean().ShouldBeFalse();
        detail.GetProperty("completed_at").GetString().ShouldEndWith("Z");

        var history = await fixture.Stranger.FetchAsync("/api/v1/enrichment/history?symbol=runb&success=false").JsonAsync();
        history.GetProperty("items")[0].GetProperty("job_id").GetGuid().ShouldBe(run);
        (await fixture.Stranger.FetchAsync("/api/v1/enrichment/history?symbol=RUNB&success=true").JsonAsync()).GetProperty("total").GetInt64().ShouldBe(0);

        var jobs = await fixture.Stranger.FetchAsync($"/api/v1/enrichment/jobs?job_id={run}&status=failed").JsonAsync();
        var job = jobs.GetProperty("items")[0];
        job.GetProperty("symbol").GetString().ShouldBe("RUNB");
        var one = await fixture.Stranger.FetchAsync($"/api/v1/enrichment/jobs/{job.GetProperty("id").GetInt64()}").JsonAsync();
        one.GetProperty("job").GetProperty("error_message").GetString().ShouldBe("polygon said no");
        one.GetProperty("attempts").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Pages_of_history_hold_each_run_once_while_runs_are_added()
    {
        var database = fixture.Database;
        var runs = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            await database.TrackAsync($"PAGE{i}");
            runs.Add(await database.QueueAsync($"PAGE{i}"));
        }

        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await fixture.Stranger.FetchAsync($"/api/v1/enrichment/history?limit=2&cursor={cursor}").JsonAsync();
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("job_id").GetGuid()));
            cursor = page.GetProperty("next_cursor").GetString();
            await database.TrackAsync($"LATE{seen.Count}");
            await database.QueueAsync($"LATE{seen.Count}");
        }
        while (cursor is not null);

        seen.ShouldBeUnique();
        runs.ShouldBeSubsetOf(seen);
    }

    [Fact]
    public async Task A_page_belongs_to_its_query()
    {
        for (var i = 0; i < 3; i++)
        {
            await fixture.Database.TrackAsync($"PAGED{i}");
            await fixture.Database.QueueAsync($"PAGED{i}");
        }

        foreach (var (list, other) in ((string, string)[])
            [("/api/v1/enrichment/history?", "symbol=PAGED1"), ("/api/v1/enrichment/history?from=2020-01-01&", "success=true"),
             ("/api/v1/enrichment/jobs?status=open&", "symbol=PAGED1"), ("/api/v1/enrichment/jobs?", "status=failed")])
        {
            var cursor = (await fixture.Stranger.FetchAsync($"{list}limit=1").JsonAsync()).GetProperty("next_cursor").GetString();
            await fixture.Stranger.FetchAsync($"{list}limit=2&cursor={cursor}").JsonAsync();
            var problem = await fixture.Stranger.FetchAsync($"{list}{other}&cursor={cursor}").ProblemAsync(HttpStatusCode.BadRequest, "cursor");
            problem.GetProperty("errors").GetProperty("cursor")[0].GetString().ShouldNotBeNull().ShouldContain("belongs to another query");
        }

        var jobs = (await fixture.Stranger.FetchAsync("/api/v1/enrichment/jobs?limit=1").JsonAsync()).GetProperty("next_cursor").GetString();
        await fixture.Stranger.FetchAsync($"/api/v1/enrichment/history?cursor={jobs}").ProblemAsync(HttpStatusCode.BadRequest, "cursor");
    }

    [Fact]
    public async Task Metrics_add_up_by_provider_and_kind()
    {
        await fixture.Database.ExecuteAsync("""
            INSERT INTO enrichment_fetch_log (symbol, source, timeframe, records_fetched, records_inserted, source_response_time_ms, requests, success, not_asked) VALUES
                ('AAPL', 'polygon', '1d', 100, 90, 120, 3, true, false), ('AAPL', 'polygon', '1d', 0, 0, NULL, NULL, false, false),
                ('BTCUSDT', 'binance', '1h', 10, 10, 100, 1, true, false), ('AAPL', 'alpaca', '1d', 0, 0, NULL, NULL, false, true);
            INSERT INTO provider_requests (provider, minute, node_id, sent, answered, not_asked, response_ms, latencies)
            SELECT provider, date_trunc('minute', now()), node, sent, answered, not_asked, ms,
                   ARRAY(SELECT CASE WHEN place = bucket THEN answered ELSE 0 END FROM generate_series(1, 69) place)
            FROM (VALUES ('polygon', 'a', 7, 6, 2, 600, 28), ('polygon', 'b', 3, 2, 0, 200, 29), ('yahoo', 'a', 1, 1, 0, 40, 22))
                AS v (provider, node, sent, answered, not_asked, ms, bucket);
            INSERT INTO enrichment_compute_log (symbol, timeframe, compute_type, features_computed, computation_time_ms, success) VALUES
                ('AAPL', '1d', 'universal', 1800, 2, true), ('BTCUSDT', '1h', 'crypto', 80, 4, true);
            """);
        var metrics = await fixture.Stranger.FetchAsync("/api/v1/enrichment/dashboard/metrics?window=1h").JsonAsync();
        var fetches = metrics.GetProperty("fetch_pipeline");
        fetches.GetProperty("total").GetInt64().ShouldBe(3);
        fetches.GetProperty("success_rate").GetDouble().ShouldBe(2.0 / 3, 1e-9);
        // Of requests, not of series: 840 ms for nine that were answered.
        fetches.GetProperty("avg_response_time_ms").GetDouble().ShouldBe(840.0 / 9, 1e-9);
        fetches.GetProperty("p95_response_time_ms").GetDouble().ShouldBeInRange(107, 129);
        (fetches.GetProperty("requests_sent").GetInt64(), fetches.GetProperty("not_asked").GetInt64()).ShouldBe((11, 2));
        fetches.GetProperty("by_source").EnumerateArray().Select(row => (row.GetProperty("source").GetString(), row.GetProperty("requests_sent").GetInt64(), row.GetProperty("total").GetInt64()))
            .ShouldBe([("alpaca", 0, 0), ("binance", 0, 1), ("polygon", 10, 2), ("yahoo", 1, 0)]);
        fetches.GetProperty("by_source").EnumerateArray().Sum(row => row.GetProperty("total").GetInt64()).ShouldBe(3);
        metrics.GetProperty("compute_pipeline").GetProperty("features_computed").GetInt64().ShouldBe(1880);
        metrics.GetProperty("data_quality").GetProperty("rejected").GetInt64().ShouldBe(0);

        var series = await fixture.Stranger.FetchAsync("/api/v1/enrichment/dashboard/metrics/series?window=1h").JsonAsync();
        series.GetProperty("bucket_seconds").GetInt32().ShouldBe(60);
        series.GetProperty("fetch").EnumerateArray().Sum(point => point.GetProperty("total").GetInt64()).ShouldBe(3);

        var providers = await fixture.Stranger.FetchAsync("/api/v1/metrics/providers").JsonAsync();
        var polygon = providers.GetProperty("providers").EnumerateArray().Single(row => row.GetProperty("provider").GetString() == "polygon");
        polygon.GetProperty("errors").GetInt64().ShouldBe(1);
        polygon.GetProperty("error_rate").GetDouble().ShouldBe(0.5);
        (polygon.GetProperty("requests_sent").GetInt64(), polygon.GetProperty("not_asked").GetInt64(), polygon.GetProperty("calls").GetInt64()).ShouldBe((10, 2, 2));
        polygon.GetProperty("avg_latency_ms").GetDouble().ShouldBe(100);
        series.GetProperty("fetch").EnumerateArray().Single(point => point.GetProperty("source").GetString() == "polygon")
            .GetProperty("avg_response_time_ms").GetDouble().ShouldBe(40);
    }

    [Fact]
    public async Task A_provider_that_turns_the_client_away_shows_until_when_and_why_it_is_left_alone()
    {
        await fixture.Database.AliveAsync("node-y");
        await fixture.Database.ReportAsync("stooq", "node-y", isOpen: false, "refuses this client: HTTP 429");

        var health = await fixture.Stranger.FetchAsync("/api/v1/enrichment/dashboard/health").JsonAsync();

        var limit = health.GetProperty("resilience").EnumerateArray().Single(row => row.GetProperty("provider").GetString() == "stooq").GetProperty("rate_limit");
        limit.GetProperty("blocked_until").GetDateTime().ShouldBeInRange(DateTime.UtcNow.AddMinutes(3), DateTime.UtcNow.AddMinutes(4));
        limit.GetProperty("refusal").GetString().ShouldBe("refuses this client: HTTP 429");
        health.GetProperty("reasons").Texts().ShouldContain(reason => reason!.StartsWith("Stooq is not asked before ") && reason.EndsWith(" UTC, since it refuses this client: HTTP 429."));
    }

    [Fact]
    public async Task An_open_circuit_shows_in_health_and_among_the_changes()
    {
        await fixture.Database.AliveAsync("node-x");
        await fixture.Database.ReportAsync("yahoo", "node-x", isOpen: true);
        await fixture.Database.ExecuteAsync("""
            INSERT INTO provider_circuit_history (provider, node_id, from_state, to_state, reason) VALUES ('yahoo', 'node-x', 'closed', 'open', '5 in a row');
            """);
        var health = await fixture.Stranger.FetchAsync("/api/v1/enrichment/dashboard/health").JsonAsync();
        var yahoo = health.GetProperty("resilience").EnumerateArray().Single(row => row.GetProperty("provider").GetString() == "yahoo");
        yahoo.GetProperty("circuit_state").GetString().ShouldBe("open");
        yahoo.GetProperty("rate_limit").GetProperty("available").GetDouble().ShouldBe(42);
        yahoo.GetProperty("bulkhead").GetProperty("limit").GetInt32().ShouldBe(10);
        health.GetProperty("api_connectivity").EnumerateArray().Single(row => row.GetProperty("provider").GetString() == "yahoo")
            .GetProperty("status").GetString().ShouldBe("unhealthy");
        var circuits = await fixture.Stranger.FetchAsync("/api/v1/enrichment/dashboard/circuits?provider=yahoo").JsonAsync();
        circuits.GetProperty("items")[0].GetProperty("to_state").GetString().ShouldBe("open");
    }

    [Fact]
    public async Task Symbols_are_found_with_status_and_actions()
    {
        await fixture.Database.TrackAsync("FINDME");
        await fixture.Database.ExecuteAsync("""
            UPDATE enrichment_status SET status = 'warning', health = 'warning', quality_score = 0.8 WHERE symbol = 'FINDME';
            INSERT INTO corporate_actions (symbol, kind, ex_date, ratio_from, ratio_to, source) VALUES ('FINDME', 'split', '2020-08-31', 1, 4, 'polygon');
            INSERT INTO corporate_action_reports (symbol, provider, ex_date, ratio_from, ratio_to, state, reason, withdrawn_at)
            VALUES ('FINDME', 'polygon', '2020-08-31', 1, 4, 'in_effect', NULL, NULL), ('FINDME', 'yahoo', '2014-06-09', 1, 7, 'disputed', 'No jump.', NULL),
                   ('FINDME', 'yahoo', '2011-01-03', 1, 2, 'in_effect', NULL, now());
            INSERT INTO data_quality_metrics (symbol, timeframe, metric_date, total_records, validated_records, expected_records, gaps_detected, anomalies_detected, avg_quality_score, data_completeness)
            VALUES ('FINDME', '1d', (now() AT TIME ZONE 'UTC')::date, 1, 1, 1, 0, 0, 0.9, 1);
            """);
        var found = await fixture.Stranger.FetchAsync("/api/v1/symbols/detailed?search=findm&status=warning&history_days=7").JsonAsync();
        found.GetProperty("total").GetInt32().ShouldBe(1);
        var symbol = found.GetProperty("symbols")[0];
        symbol.GetProperty("quality_score").GetDouble().ShouldBe(0.8);
        symbol.GetProperty("quality_history").GetArrayLength().ShouldBe(7);
        symbol.GetProperty("quality_history")[6].GetDouble().ShouldBe(0.9);
        (await fixture.Stranger.FetchAsync("/api/v1/symbols?search=findm&asset_class=stock&active=true").JsonAsync()).GetProperty("total").GetInt32().ShouldBe(1);
        var actions = await fixture.Stranger.FetchAsync("/api/v1/corporate-actions/FINDME").JsonAsync();
        actions.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("ex_date").GetString().ShouldBe("2020-08-31");
        actions.GetProperty("reports").EnumerateArray().Select(report => (report.GetProperty("state").GetString(), report.GetProperty("reason").GetString()))
            .ShouldBe([("in_effect", null), ("disputed", "No jump."), ("withdrawn", null)]);
    }

    [Fact]
    public async Task A_method_that_a_path_does_not_take_is_405() =>
        await fixture.Admin.RemoveAsync("/api/v1/enrichment/history").ProblemAsync(HttpStatusCode.MethodNotAllowed);
}
