using System.Globalization;
using System.Net;
using MarketData.Api.Tests.Enrichment;
using MarketData.Testing;

namespace MarketData.Api.Tests.Security;

public sealed class SecurityTests(ApiFixture fixture, PostgresServer server) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("POST", "/api/v1/enrichment/trigger")]
    [InlineData("POST", "/api/v1/enrichment/retry-failed")]
    [InlineData("POST", "/api/v1/enrichment/pause")]
    [InlineData("POST", "/api/v1/enrichment/resume")]
    [InlineData("GET", "/api/v1/enrichment/pause")]
    [InlineData("GET", "/api/v1/enrichment/resume")]
    [InlineData("DELETE", "/api/v1/enrichment/runs/0198a7a0-0000-7000-8000-000000000000")]
    public async Task What_changes_something_needs_a_key_with_the_scope(string method, string path)
    {
        await SendAsync(fixture.Stranger, method, path).ProblemAsync(HttpStatusCode.Unauthorized);
        (await SendAsync(fixture.Reader, method, path).ProblemAsync(HttpStatusCode.Forbidden)).GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain("'enrich'");
        using var wrong = fixture.Api.With("mdk_" + new string('x', 43));
        await SendAsync(wrong, method, path).ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_wrong_key_is_never_taken_for_none()
    {
        using var wrong = fixture.Api.With("wrong");
        using var answer = await wrong.FetchAsync("/api/v1/symbols");
        answer.Headers.WwwAuthenticate.ShouldHaveSingleItem().Scheme.ShouldBe("ApiKey");
        await Task.FromResult(answer).ProblemAsync(HttpStatusCode.Unauthorized);
        await wrong.FetchAsync("/api/v1/access").ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Access_tells_callers_what_they_may_do()
    {
        var stranger = await fixture.Stranger.FetchAsync("/api/v1/access").JsonAsync();
        stranger.GetProperty("authenticated").GetBoolean().ShouldBeFalse();
        stranger.GetProperty("scopes").Texts().ShouldBe(["read"]);
        var admin = await fixture.Admin.FetchAsync("/api/v1/access").JsonAsync();
        admin.GetProperty("name").GetString().ShouldBe("a key to admin");
        admin.GetProperty("scopes").Texts().ShouldBe(["read", "enrich", "admin"]);
    }

    [Fact]
    public async Task Reads_are_closed_by_one_setting()
    {
        await using var closed = await ApiApplication.StartAsync(fixture.Database.ConnectionString, ("Api:RequireKeyForReads", "true"));
        await closed.Client.FetchAsync("/api/v1/symbols").ProblemAsync(HttpStatusCode.Unauthorized);
        await closed.Client.FetchAsync("/api/v1/enrichment/events").ProblemAsync(HttpStatusCode.Unauthorized);
        (await closed.Client.FetchAsync("/api/v1/access").JsonAsync()).GetProperty("scopes").GetArrayLength().ShouldBe(0);
        using var reader = closed.With(await fixture.KeyAsync("read"));
        await reader.FetchAsync("/api/v1/symbols").JsonAsync();
        (await closed.Client.FetchAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Development_needs_no_key()
    {
        await fixture.Database.TrackAsync("DEVEL");
        await using var development = await ApiApplication.StartAsync(fixture.Database.ConnectionString, ("environment", "Development"));
        await development.Client.PostAsync("/api/v1/enrichment/trigger?symbols=DEVEL").JsonAsync(HttpStatusCode.Accepted);
        await development.Client.FetchAsync("/api/v1/admin/api-keys").JsonAsync();
        (await development.Client.FetchAsync("/api/v1/access").JsonAsync()).GetProperty("scopes").Texts().ShouldContain("admin");
    }

    [Fact]
    public async Task Limits_are_counted_by_key_and_by_address()
    {
        await using var api = await ApiApplication.StartAsync(fixture.Database.ConnectionString, ("Api:RequestsPerMinutePerAddress", "1"));
        using var limited = api.With(await fixture.KeyAsync("read", requestsPerMinute: 2));
        await ExceedAsync(api.Client, "address");
        await ExceedAsync(limited, "key");
        using var other = api.With(await fixture.KeyAsync("read"));
        await other.FetchAsync("/api/v1/symbols").JsonAsync();
    }

    [Fact]
    public async Task Wrong_keys_reach_the_database_within_a_budget_and_take_nothing_from_right_ones()
    {
        await using var api = await ApiApplication.StartAsync(fixture.Database.ConnectionString, ("Api:RequestsPerMinutePerAddress", "5"));
        using var right = api.With(await fixture.KeyAsync("read"));
        await right.FetchAsync("/api/v1/symbols").JsonAsync();
        using var wrong = api.With("mdk_" + new string('x', 43));
        var refusals = new List<HttpStatusCode>();
        // By the clock's minute, which may turn meanwhile.
        while (refusals.LastOrDefault() != HttpStatusCode.TooManyRequests && refusals.Count < 12)
        {
            using var answer = await wrong.FetchAsync("/api/v1/symbols");
            refusals.Add(answer.StatusCode);
        }

        refusals[..^1].ShouldAllBe(status => status == HttpStatusCode.Unauthorized);
        refusals[^1].ShouldBe(HttpStatusCode.TooManyRequests);
        await using var connection = await fixture.Database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using (var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await using var locking = new Npgsql.NpgsqlCommand("LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE", connection, transaction);
            await locking.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            // Who looked it up would wait for as long as the table is locked.
            (await wrong.FetchAsync("/health").ProblemAsync(HttpStatusCode.TooManyRequests)).GetProperty("code").GetString().ShouldBe("too_many_requests");
        }

        await right.FetchAsync("/api/v1/symbols").JsonAsync();
        await api.Client.FetchAsync("/api/v1/symbols").JsonAsync();
    }

    [Fact]
    public async Task Answers_carry_the_headers_that_confine_a_browser_also_when_they_are_errors()
    {
        foreach (var path in (string[])["/api/v1/symbols", "/api/v1/nothing", "/api/v1/history"])
        {
            using var answer = await fixture.Stranger.FetchAsync(path);
            answer.Headers.GetValues("X-Content-Type-Options").ShouldHaveSingleItem().ShouldBe("nosniff");
            answer.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem().ShouldContain("default-src 'none'");
            answer.Headers.Contains("Server").ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Other_origins_are_let_in_only_when_they_are_named()
    {
        await using var open = await ApiApplication.StartAsync(fixture.Database.ConnectionString, ("Api:CorsOrigins:0", "https://charts.example.com"));
        (await OriginAsync(fixture.Stranger, "https://charts.example.com")).ShouldBeNull();
        (await OriginAsync(open.Client, "https://charts.example.com")).ShouldBe("https://charts.example.com");
        (await OriginAsync(open.Client, "https://elsewhere.example.com")).ShouldBeNull();
    }

    [Fact]
    public async Task A_request_that_takes_too_long_is_broken_off_with_503()
    {
        await using var database = await server.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await using var api = await ApiApplication.StartAsync(database.ConnectionString, ("Api:RequestTimeoutSeconds", "1"));
        await using var connection = await database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await Dapper.SqlMapper.ExecuteAsync(connection, "LOCK TABLE symbols");
        using var answer = await api.Client.FetchAsync("/api/v1/symbols");
        answer.Headers.RetryAfter.ShouldNotBeNull();
        (await Task.FromResult(answer).ProblemAsync(HttpStatusCode.ServiceUnavailable)).GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain("longer than 1 s");
        var waiting = () => Dapper.SqlMapper.ExecuteScalarAsync<long>(
            connection, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
        await Eventually.BecomesAsync(async () => await waiting() == 0, TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_openapi_document_and_its_page_are_there()
    {
        var document = await fixture.Stranger.FetchAsync("/openapi/v1.json").JsonAsync();
        document.GetProperty("openapi").GetString().ShouldNotBeNull().ShouldStartWith("3.1");
        (await fixture.Stranger.FetchAsync("/scalar/")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task ExceedAsync(HttpClient client, string policy)
    {
        // A minute may turn in between; then the budget is full again.
        for (var attempt = 0; ; attempt++)
        {
            using var answer = await client.FetchAsync("/api/v1/symbols");
            answer.Headers.GetValues("RateLimit-Policy").ShouldHaveSingleItem().ShouldStartWith($"\"{policy}\";q=");
            answer.Headers.GetValues("RateLimit").ShouldHaveSingleItem().ShouldStartWith($"\"{policy}\";r=");
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                int.Parse(answer.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture).ShouldBeInRange(1, 60);
                await Task.FromResult(answer).ProblemAsync(HttpStatusCode.TooManyRequests);
                return;
            }

            attempt.ShouldBeLessThan(10);
        }
    }

    private static async Task<string?> OriginAsync(HttpClient client, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/v1/symbols");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "GET");
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var allowed) ? allowed.Single() : null;
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
