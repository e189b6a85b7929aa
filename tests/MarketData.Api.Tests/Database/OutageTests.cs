using System.Diagnostics;
using System.Net;
using MarketData.Testing;

namespace MarketData.Api.Tests.Database;

public sealed class OutageTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly string[] Reads =
    [
        "/api/v1/enrichment/dashboard/overview", "/api/v1/enrichment/dashboard/health", "/api/v1/enrichment/history", "/api/v1/symbols/detailed",
        "/api/v1/status", "/api/v1/access",
    ];

    [Fact]
    public async Task Without_the_database_it_answers_503_within_two_seconds_and_heals_by_itself()
    {
        await using var postgres = await TestPostgres.StartNewAsync(TestContext.Current.CancellationToken);
        await using var api = await ApiApplication.StartAsync(postgres.ConnectionString);
        await api.Client.FetchAsync(Reads[0]).JsonAsync();

        await postgres.StopAsync();
        using var user = api.With("mdk_anything");
        foreach (var path in Reads)
            await UnavailableAsync(path == "/api/v1/access" ? user : api.Client, path);
        (await api.Client.FetchAsync("/alive")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await api.Client.FetchAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);

        await postgres.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.BecomesAsync(
            async () => (await api.Client.FetchAsync(Reads[0])).IsSuccessStatusCode, Patience, TestContext.Current.CancellationToken);
        (await api.Client.FetchAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task It_starts_without_the_database_and_is_healthy_when_that_comes()
    {
        await using var postgres = await TestPostgres.StartNewAsync(TestContext.Current.CancellationToken);
        await postgres.StopAsync();
        await using var api = ApiApplication.Start(postgres.ConnectionString);
        (await api.Client.FetchAsync("/alive")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await UnavailableAsync(api.Client, "/api/v1/status");
        await UnavailableAsync(api.Client, "/api/v1/enrichment/events");
        await postgres.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.BecomesAsync(
            async () => (await api.Client.FetchAsync("/health")).IsSuccessStatusCode, Patience, TestContext.Current.CancellationToken);
    }

    private static async Task UnavailableAsync(HttpClient client, string path)
    {
        var watch = Stopwatch.StartNew();
        using var answer = await client.FetchAsync(path);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2.5));
        answer.Headers.RetryAfter.ShouldNotBeNull();
        var problem = await Task.FromResult(answer).ProblemAsync(HttpStatusCode.ServiceUnavailable);
        problem.ToString().ShouldNotContain("Npgsql");
        problem.ToString().ShouldNotContain("127.0.0.1");
    }
}
