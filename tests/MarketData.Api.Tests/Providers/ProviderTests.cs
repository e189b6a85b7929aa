using System.Net;
using System.Text.Json;
using MarketData.Api.Tests.Enrichment;
using MarketData.Storage.Enrichment;
using MarketData.Testing;

namespace MarketData.Api.Tests.Providers;

/// <summary>One provider, seen and steered. Nodes are played by the tests: each of them has a provider of its own.</summary>
public sealed class ProviderTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_told_what_was_asked_when_and_whom_the_provider_failed()
    {
        await fixture.Database.ReportAsync("polygon", "node-1", isOpen: true);
        foreach (var symbol in (string[])["AFFA", "AFFB", "AFFC", "AFFD"])
            await fixture.Database.TrackAsync(symbol);
        await fixture.Database.QueueAsync("AFFA");
        await fixture.Database.ExecuteAsync(
            """
            INSERT INTO provider_requests (provider, minute, node_id, sent, answered, failed, not_asked, response_ms, latencies)
            SELECT 'polygon', date_trunc('hour', now()) - since::interval, node, sent, answered, failed, not_asked, ms,
                   ARRAY(SELECT CASE WHEN place = 28 THEN answered ELSE 0 END FROM generate_series(1, 69) place)
            FROM (VALUES ('3 hours', 'a', 7, 6, 2, 1, 600), ('3 hours', 'b', 3, 2, 0, 0, 200), ('90 minutes', 'a', 1, 0, 1, 4, 0), ('30 hours', 'a', 99, 99, 0, 0, 1))
                AS v (since, node, sent, answered, failed, not_asked, ms);
            INSERT INTO provider_circuit_history (provider, node_id, from_state, to_state, reason, changed_at) VALUES
                ('polygon', 'a', 'closed', 'open', 'older than the window', now() - interval '30 hours'),
                ('polygon', 'a', 'closed', 'open', '5 calls in a row failed.', now() - interval '2 hours'), ('yahoo', 'a', 'closed', 'open', 'another', now());
            INSERT INTO enrichment_fetch_log (symbol, source, timeframe, success, not_asked, error_message, created_at) VALUES
                ('AFFA', 'polygon', '1d', true, false, NULL, now() - interval '5 hours'), ('AFFA', 'polygon', '1d', false, false, 'failed: HTTP 500', now() - interval '4 hours'),
                ('AFFB', 'polygon', '1d', false, false, 'failed: HTTP 500', now() - interval '3 hours'), ('AFFB', 'polygon', '1d', true, false, NULL, now() - interval '2 hours'),
                ('AFFC', 'polygon', '1d', false, true, 'not asked, its circuit is open.', now() - interval '1 hour'), ('AFFC', 'yahoo', '1d', true, false, NULL, now() - interval '1 hour'),
                ('AFFD', 'yahoo', '1d', false, false, 'another provider', now()), ('AFFD', 'polygon', '1d', false, false, 'too old', now() - interval '30 hours');
            """);

        var detail = await fixture.Stranger.FetchAsync("/api/v1/providers/Polygon").JsonAsync();

        detail.GetProperty("provider").GetString().ShouldBe("polygon");
        detail.GetProperty("isolation").ValueKind.ShouldBe(JsonValueKind.Null);
        detail.GetProperty("calls").GetProperty("requests_sent").GetInt64().ShouldBe(11);
        detail.GetProperty("nodes")[0].GetProperty("circuit_state").GetString().ShouldBe("open");
        detail.GetProperty("bucket_seconds").GetInt32().ShouldBe(900);
        detail.GetProperty("points").EnumerateArray().Select(point => (
                point.GetProperty("sent").GetInt64(), point.GetProperty("failed").GetInt64(), point.GetProperty("not_asked").GetInt64(),
                point.GetProperty("avg_latency_ms").ValueKind == JsonValueKind.Null ? (double?)null : point.GetProperty("avg_latency_ms").GetDouble()))
            .ShouldBe([(10, 2, 1, 100), (1, 1, 4, null)]);
        detail.GetProperty("points")[0].GetProperty("p95_latency_ms").GetDouble().ShouldBeInRange(90, 110);
        detail.GetProperty("circuits").EnumerateArray().Select(change => change.GetProperty("reason").GetString()).ShouldBe(["5 calls in a row failed."]);
        detail.GetProperty("affected_total").GetInt64().ShouldBe(2);
        var affected = detail.GetProperty("affected").EnumerateArray().ToList();
        affected.Select(one => (one.GetProperty("symbol").GetString(), one.GetProperty("not_asked").GetBoolean(), one.GetProperty("filled_by").GetString(), one.GetProperty("job_status").GetString()))
            .ShouldBe([("AFFC", true, "yahoo", null), ("AFFA", false, null, "queued")]);
        affected[1].GetProperty("next_try_at").GetString().ShouldNotBeNull().ShouldEndWith("Z");

        (await fixture.Stranger.FetchAsync("/api/v1/providers/polygon?window=1h").JsonAsync()).GetProperty("affected_total").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task Requests_are_listed_newest_first_and_can_be_searched()
    {
        await fixture.Database.ReportAsync("alpaca", "node-1", isOpen: false);
        var run = Guid.CreateVersion7();
        var store = new ProviderRequestStore(fixture.Database.DataSource);
        ProviderRequest Request(string symbol, int? status, string? failure, Guid? job = null) => new()
        {
            JobId = job,
            Symbol = symbol,
            Method = "GET",
            Address = $"https://host/bars/{symbol}?apiKey=***",
            Status = status,
            Failure = failure,
            Error = failure is null ? null : "failed: HTTP 500",
            Bytes = status is null ? null : 1234,
            StartedAt = DateTime.UtcNow,
            DurationMs = 12.5,
        };
        await store.AddAsync(
            "node-1", "alpaca",
            [Request("ONE", 200, null, run), Request("TWO", 500, "transient", run), Request("THREE", null, "timeout"), Request("TWO", 200, null)], Cancellation);
        await store.AddAsync("node-1", "yahoo", [Request("TWO", 200, null)], Cancellation);

        async Task<string[]> SymbolsAsync(string query) => [.. (await fixture.Stranger.FetchAsync($"/api/v1/providers/alpaca/requests?{query}").JsonAsync())
            .GetProperty("items").EnumerateArray().Select(one => one.GetProperty("symbol").GetString()!)];

        (await SymbolsAsync("")).ShouldBe(["TWO", "THREE", "TWO", "ONE"]);
        (await SymbolsAsync("failed=true")).ShouldBe(["THREE", "TWO"]);
        (await SymbolsAsync("failed=false&symbol=two")).ShouldBe(["TWO"]);
        (await SymbolsAsync($"job_id={run}")).ShouldBe(["TWO", "ONE"]);
        var page = await fixture.Stranger.FetchAsync("/api/v1/providers/alpaca/requests?limit=3").JsonAsync();
        var one = page.GetProperty("items")[2];
        one.GetProperty("address").GetString().ShouldBe("https://host/bars/TWO?apiKey=***");
        (one.GetProperty("status").GetInt32(), one.GetProperty("failure").GetString(), one.GetProperty("bytes").GetInt64(), one.GetProperty("duration_ms").GetDouble())
            .ShouldBe((500, "transient", 1234L, 12.5));
        (await SymbolsAsync($"limit=3&cursor={page.GetProperty("next_cursor").GetString()}")).ShouldBe(["ONE"]);
        await fixture.Stranger.FetchAsync($"/api/v1/providers/alpaca/requests?failed=true&cursor={page.GetProperty("next_cursor").GetString()}")
            .ProblemAsync(HttpStatusCode.BadRequest, "cursor");
        await fixture.Stranger.FetchAsync("/api/v1/providers/alpaca/requests?symbol=..").ProblemAsync(HttpStatusCode.BadRequest, "symbol");
    }

    [Fact]
    public async Task It_is_shut_off_and_restored_for_all_and_whoever_did_it_is_told()
    {
        await fixture.Database.ReportAsync("coinbase", "node-1", isOpen: false);
        await fixture.Database.AliveAsync();
        var off = await fixture.Operator.PostAsync("/api/v1/providers/coinbase/isolate", new { reason = "wrong prices since noon" }).JsonAsync();
        off.GetProperty("isolated").GetBoolean().ShouldBeTrue();
        off.GetProperty("isolation").GetProperty("isolated_by").GetString().ShouldBe("a key to enrich");

        // Again, it changes nothing.
        (await fixture.Operator.PostAsync("/api/v1/providers/COINBASE/isolate").JsonAsync()).GetProperty("isolation").GetRawText().ShouldBe(off.GetProperty("isolation").GetRawText());
        (await fixture.Stranger.FetchAsync("/api/v1/providers/coinbase").JsonAsync()).GetProperty("isolation").GetRawText().ShouldBe(off.GetProperty("isolation").GetRawText());
        var health = await fixture.Stranger.FetchAsync("/api/v1/enrichment/dashboard/health").JsonAsync();
        health.GetProperty("status").GetString().ShouldNotBe("healthy");
        health.GetProperty("reasons").Texts().ShouldContain(reason =>
            reason!.StartsWith("Coinbase has been shut off since 20") && reason.EndsWith(" UTC by a key to enrich: wrong prices since noon."));
        var connectivity = health.GetProperty("api_connectivity").EnumerateArray().Single(one => one.GetProperty("provider").GetString() == "coinbase");
        connectivity.GetProperty("status").GetString().ShouldBe("unhealthy");
        connectivity.GetProperty("isolation").GetProperty("reason").GetString().ShouldBe("wrong prices since noon");

        (await fixture.Operator.PostAsync("/api/v1/providers/coinbase/restore").JsonAsync()).GetProperty("isolated").GetBoolean().ShouldBeFalse();
        await fixture.Operator.PostAsync("/api/v1/providers/coinbase/restore").JsonAsync();
        (await fixture.Stranger.FetchAsync("/api/v1/enrichment/dashboard/health").JsonAsync()).GetProperty("reasons").Texts().ShouldNotContain(reason => reason!.Contains("Coinbase"));

        var keys = (await fixture.Admin.FetchAsync("/api/v1/admin/api-keys").JsonAsync()).GetProperty("items").EnumerateArray();
        var id = keys.First(key => key.GetProperty("name").GetString() == "a key to enrich").GetProperty("id").GetString();
        (await fixture.Admin.FetchAsync($"/api/v1/admin/api-keys/{id}/audit").JsonAsync()).GetProperty("items").EnumerateArray()
            .Where(entry => entry.GetProperty("action").GetString()!.Contains("/providers/coinbase/", StringComparison.OrdinalIgnoreCase))
            .Select(entry => entry.GetProperty("detail").GetString()).ShouldBe(
            [
                "200: provider coinbase as it was", "200: provider coinbase isolated: true → false", "200: provider coinbase as it was",
                "200: provider coinbase isolated: false → true; reason: none → wrong prices since noon",
            ]);
    }

    [Fact]
    public async Task A_probe_is_one_provider_s_and_a_node_s()
    {
        await fixture.Database.ReportAsync("yahoo", "node-1", isOpen: false);
        await fixture.Database.AliveAsync();
        var probes = new ProviderProbeStore(fixture.Database.DataSource, TimeProvider.System);

        var asked = fixture.Operator.PostAsync("/api/v1/providers/yahoo/probe");
        (Guid Id, string Provider)? claimed = null;
        await Eventually.BecomesAsync(async () => (claimed = await probes.ClaimAsync("node-7", Cancellation)) is not null, TimeSpan.FromMinutes(1), Cancellation);
        claimed!.Value.Provider.ShouldBe("yahoo");
        (await probes.ClaimAsync("node-8", Cancellation)).ShouldBeNull();
        await probes.AnswerAsync(
            claimed.Value.Id, new CheckedProvider("yahoo", ProviderVerdict.KeyRefused, true, "does not accept the key.", "Set another."), Cancellation);

        var probe = await asked.JsonAsync();
        probe.GetProperty("node").GetString().ShouldBe("node-7");
        var result = probe.GetProperty("providers").EnumerateArray().ShouldHaveSingleItem();
        (result.GetProperty("verdict").GetString(), result.GetProperty("works").GetBoolean(), result.GetProperty("advice").GetString()).ShouldBe(("key_refused", false, "Set another."));
    }

    [Theory]
    [InlineData("probe")]
    [InlineData("isolate")]
    [InlineData("restore")]
    public async Task Steering_needs_a_key_that_may_enrich_and_a_provider_that_is_known(string what)
    {
        await fixture.Database.ReportAsync("binance", "node-1", isOpen: false);
        await fixture.Reader.PostAsync($"/api/v1/providers/binance/{what}").ProblemAsync(HttpStatusCode.Forbidden);
        await fixture.Stranger.PostAsync($"/api/v1/providers/binance/{what}").ProblemAsync(HttpStatusCode.Unauthorized);
        var unknown = await fixture.Operator.PostAsync($"/api/v1/providers/binanze/{what}").ProblemAsync(HttpStatusCode.NotFound);
        unknown.GetProperty("code").GetString().ShouldBe("provider_not_found");
        await fixture.Operator.PostAsync($"/api/v1/providers/-/{what}").ProblemAsync(HttpStatusCode.BadRequest, "name");
        (await fixture.Stranger.FetchAsync("/api/v1/providers/binance").JsonAsync()).GetProperty("isolation").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task What_is_no_reason_or_no_provider_is_refused()
    {
        await fixture.Database.ReportAsync("binance", "node-1", isOpen: false);
        foreach (var reason in (string[])["a\tb", new string('x', 201)])
            await fixture.Operator.PostAsync("/api/v1/providers/binance/isolate", new { reason }).ProblemAsync(HttpStatusCode.BadRequest, "reason");
        await fixture.Operator.PostAsync("/api/v1/providers/binance/isolate", new { because = "x" }).ProblemAsync(HttpStatusCode.BadRequest, "because");
        (await fixture.Stranger.FetchAsync("/api/v1/providers/nobody").ProblemAsync(HttpStatusCode.NotFound)).GetProperty("code").GetString().ShouldBe("provider_not_found");
        await fixture.Stranger.FetchAsync("/api/v1/providers/nobody/requests").ProblemAsync(HttpStatusCode.NotFound);
        await fixture.Stranger.FetchAsync("/api/v1/providers/binance?window=91d").ProblemAsync(HttpStatusCode.BadRequest, "window");
    }
}
