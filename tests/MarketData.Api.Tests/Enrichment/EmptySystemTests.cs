using System.Net;

namespace MarketData.Api.Tests.Enrichment;

/// <summary>A system that has nothing in it yet: every reading call answers, and says that there is nothing.</summary>
public sealed class EmptySystemTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task The_overview_of_an_empty_system_says_that_nothing_runs()
    {
        var overview = await fixture.Stranger.FetchAsync("/api/v1/enrichment/dashboard/overview").JsonAsync();
        overview.GetProperty("scheduler_status").GetString().ShouldBe("stopped");
        overview.GetProperty("last_run_result").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        overview.GetProperty("success_rate").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        overview.GetProperty("total_symbols").GetInt64().ShouldBe(0);
        overview.GetProperty("job_queue").GetArrayLength().ShouldBe(0);
        overview.GetProperty("last_24h").GetProperty("runs").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task The_health_of_an_empty_system_is_that_no_node_lives()
    {
        var health = await fixture.Stranger.FetchAsync("/api/v1/enrichment/dashboard/health").JsonAsync();
        health.GetProperty("status").GetString().ShouldBe("unhealthy");
        health.GetProperty("reasons").Texts().ShouldContain(reason => reason!.Contains("No enrichment node"));
        health.GetProperty("database").GetProperty("status").GetString().ShouldBe("healthy");
        health.GetProperty("database").GetProperty("latency_ms").GetDouble().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Providers_cannot_be_checked_without_a_node_which_is_said_at_once()
    {
        var before = TimeProvider.System.GetTimestamp();
        var problem = await fixture.Operator.FetchAsync("/api/v1/providers/check").ProblemAsync(HttpStatusCode.ServiceUnavailable);
        problem.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain("providers check");
        TimeProvider.System.GetElapsedTime(before).ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("/api/v1/enrichment/history")]
    [InlineData("/api/v1/enrichment/jobs")]
    [InlineData("/api/v1/enrichment/dashboard/circuits")]
    public async Task Lists_are_empty(string path) =>
        (await fixture.Stranger.FetchAsync(path).JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(0);

    [Theory]
    [InlineData("/api/v1/symbols")]
    [InlineData("/api/v1/symbols/detailed?history_days=30")]
    public async Task No_symbol_is_tracked(string path) => (await fixture.Stranger.FetchAsync(path).JsonAsync()).GetProperty("total").GetInt32().ShouldBe(0);

    [Theory]
    [InlineData("/api/v1/enrichment/dashboard/metrics")]
    [InlineData("/api/v1/enrichment/dashboard/metrics/series?window=90d")]
    [InlineData("/api/v1/metrics/providers?window=1h")]
    public async Task Metrics_name_their_window(string path) =>
        (await fixture.Stranger.FetchAsync(path).JsonAsync()).GetProperty("window").GetString().ShouldBeOneOf("24h", "90d", "1h");

    [Fact]
    public async Task Status_and_system_describe_the_service()
    {
        var status = await fixture.Stranger.FetchAsync("/api/v1/status").JsonAsync();
        status.GetProperty("version").GetString().ShouldNotBeNullOrEmpty();
        status.GetProperty("uptime_seconds").GetDouble().ShouldBeGreaterThan(0);
        status.GetProperty("database").GetProperty("engine").GetString().ShouldStartWith("PostgreSQL");
        status.GetProperty("scheduler").GetProperty("status").GetString().ShouldBe("stopped");
        status.GetProperty("symbols").GetProperty("total").GetInt64().ShouldBe(0);
        var system = await fixture.Operator.FetchAsync("/api/v1/system").JsonAsync();
        system.GetProperty("tables").GetArrayLength().ShouldBeGreaterThan(5);
        system.GetProperty("nodes").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    public async Task Health_is_one_word(string path)
    {
        var answer = await fixture.Stranger.FetchAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("Healthy");
    }

    [Theory]
    [InlineData("/api/v1/enrichment/dashboard/job-status/AAPL")]
    [InlineData("/api/v1/enrichment/runs/0198a7a0-0000-7000-8000-000000000000")]
    [InlineData("/api/v1/enrichment/jobs/4711")]
    [InlineData("/api/v1/corporate-actions/AAPL")]
    [InlineData("/api/v1/nothing")]
    public async Task What_is_not_there_is_404(string path) => await fixture.Stranger.FetchAsync(path).ProblemAsync(HttpStatusCode.NotFound);

    [Theory]
    [InlineData("/api/v1/enrichment/dashboard/job-status/AA%24PL", "symbol")]
    [InlineData("/api/v1/enrichment/dashboard/job-status/ABCDEFGHIJKLMNOPQRSTU", "symbol")]
    [InlineData("/api/v1/enrichment/dashboard/metrics?window=91d", "window")]
    [InlineData("/api/v1/enrichment/dashboard/metrics?window=0h", "window")]
    [InlineData("/api/v1/enrichment/dashboard/metrics/series?window=soon", "window")]
    [InlineData("/api/v1/enrichment/dashboard/circuits?provider=no%20body", "provider")]
    [InlineData("/api/v1/enrichment/dashboard/overview?colour=red", "colour")]
    [InlineData("/api/v1/enrichment/history?limit=0", "limit")]
    [InlineData("/api/v1/enrichment/history?limit=501", "limit")]
    [InlineData("/api/v1/enrichment/history?limit=10&limit=20", "limit")]
    [InlineData("/api/v1/enrichment/history?success=perhaps", "success")]
    [InlineData("/api/v1/enrichment/history?from=yesterday", "from")]
    [InlineData("/api/v1/enrichment/history?cursor=not-one", "cursor")]
    [InlineData("/api/v1/enrichment/runs/first", "job_id")]
    [InlineData("/api/v1/enrichment/jobs?status=lost", "status")]
    [InlineData("/api/v1/enrichment/jobs?min_attempts=0", "min_attempts")]
    [InlineData("/api/v1/enrichment/jobs?longer_than_seconds=-1", "longer_than_seconds")]
    [InlineData("/api/v1/enrichment/jobs/zero", "id")]
    [InlineData("/api/v1/symbols?asset_class=bond", "asset_class")]
    [InlineData("/api/v1/symbols/detailed?status=well", "status")]
    [InlineData("/api/v1/symbols/detailed?history_days=91", "history_days")]
    [InlineData("/api/v1/metrics/providers?window=x", "window")]
    [InlineData("/api/v1/corporate-actions/%27%20OR%201", "symbol")]
    public async Task Bad_input_is_400_and_names_the_field(string path, string field) =>
        await fixture.Stranger.FetchAsync(path).ProblemAsync(HttpStatusCode.BadRequest, field);
}
