using System.Globalization;
using System.Net;
using MarketData.Testing;
using Microsoft.Extensions.Time.Testing;

namespace MarketData.Api.Tests.Security;

/// <summary>What the dashboard's service asks at the management port, and what is open to those who look after the system alone.</summary>
public sealed class ManagementTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IAsyncDisposable
{
    private const string Page = "X-Dashboard-Page";

    private readonly Uri _management = new(AppHostProcess.FreeAddress());
    private readonly HttpClient _http = new();

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_dashboard_takes_nothing_from_the_budget_of_a_caller()
    {
        await using var api = await StartAsync(("Api:RequestsPerMinutePerAddress", "3"), ("Api:RequestsPerMinutePerKey", "3"));
        var key = await fixture.KeyAsync("read");

        // Its own requests are not counted, and those of its pages are counted apart, each key and address for itself.
        for (var i = 0; i < 10; i++)
            (await SendAsync(_management)).ShouldBe((HttpStatusCode.OK, null, null));
        foreach (var left in (int[])[2, 1, 0])
        {
            (await SendAsync(_management, (Page, "1"))).ShouldBe((HttpStatusCode.OK, "dashboard", left));
            (await SendAsync(_management, (Page, "1"), ("X-API-Key", key))).ShouldBe((HttpStatusCode.OK, "dashboard", left));
        }

        (await SendAsync(_management, (Page, "1"))).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (await SendAsync(_management, (Page, "1"), ("X-Forwarded-For", "203.0.113.7"))).ShouldBe((HttpStatusCode.OK, "dashboard", 2));

        // All of that left a caller's own budget as it was; and a caller cannot make itself a page.
        (await SendAsync(api.Client.BaseAddress!)).ShouldBe((HttpStatusCode.OK, "address", 2));
        (await SendAsync(api.Client.BaseAddress!, (Page, "1"))).ShouldBe((HttpStatusCode.OK, "address", 1));
        (await SendAsync(api.Client.BaseAddress!, (Page, "1"), ("Host", _management.Authority))).ShouldBe((HttpStatusCode.OK, "address", 0));
        (await SendAsync(api.Client.BaseAddress!, ("X-API-Key", key))).ShouldBe((HttpStatusCode.OK, "key", 2));
    }

    [Fact]
    public async Task Keys_and_scopes_hold_at_the_management_port_too()
    {
        await using var api = await StartAsync(("Api:RequireKeyForReads", "true"));

        await _http.FetchAsync($"{_management}api/v1/symbols").ProblemAsync(HttpStatusCode.Unauthorized);
        await _http.FetchAsync($"{_management}api/v1/system").ProblemAsync(HttpStatusCode.Unauthorized);
        await _http.PostAsync($"{_management}api/v1/enrichment/pause").ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task What_runs_where_is_told_to_those_who_steer_it()
    {
        await fixture.Stranger.FetchAsync("/api/v1/system").ProblemAsync(HttpStatusCode.Unauthorized);
        await fixture.Reader.FetchAsync("/api/v1/system").ProblemAsync(HttpStatusCode.Forbidden);
        await fixture.Operator.FetchAsync("/api/v1/system").JsonAsync();
        await fixture.Stranger.FetchAsync("/metrics").ProblemAsync(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/openapi/v1.json")]
    [InlineData("/scalar")]
    [InlineData("/scalar/")]
    [InlineData("/scalar/v1")]
    public async Task The_description_of_the_API_is_read_with_a_key_where_reads_are_closed(string path)
    {
        await using var closed = await ApiApplication.StartAsync(fixture.Database.ConnectionString, ("Api:RequireKeyForReads", "true"));
        await closed.Client.FetchAsync(path).ProblemAsync(HttpStatusCode.Unauthorized);

        using var reader = closed.With(await fixture.KeyAsync("read"));
        using var answer = await reader.FetchAsync(path);

        ((int)answer.StatusCode).ShouldBeInRange(200, 399);
    }

    // A clock that stands still, so that no window ends meanwhile.
    private Task<ApiApplication> StartAsync(params (string Name, string Value)[] settings) => ApiApplication.StartAsync(
        fixture.Database.ConnectionString,
        new FakeTimeProvider(DateTimeOffset.UtcNow),
        [.. settings, (ApiApplication.ManagementPort, _management.Port.ToString(CultureInfo.InvariantCulture))]);

    private async Task<(HttpStatusCode Status, string? Policy, int? Left)> SendAsync(Uri address, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/api/v1/access"));
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        if (!answer.Headers.TryGetValues("RateLimit", out var limits))
            return (answer.StatusCode, null, null);
        var parts = limits.Single().Split(';');
        return (answer.StatusCode, parts[0].Trim('"'), int.Parse(parts.Single(part => part.StartsWith("r=", StringComparison.Ordinal))[2..], CultureInfo.InvariantCulture));
    }
}
