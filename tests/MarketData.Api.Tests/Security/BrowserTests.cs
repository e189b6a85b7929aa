using System.Globalization;
using System.Net;
using MarketData.Testing;

namespace MarketData.Api.Tests.Security;

/// <summary>What pages of other sites can have their reader's browser do: nothing, also in Development, where acting needs no key.</summary>
public sealed class BrowserTests(DevelopmentApi api) : IClassFixture<DevelopmentApi>
{
    private readonly Uri _management = new(AppHostProcess.FreeAddress());

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:8001")]
    [InlineData("localhost.evil.example")]
    [InlineData("evil-localhost")]
    [InlineData("127.0.0.1.nip.io:8001")]
    [InlineData("192.168.1.7")]
    [InlineData("[2001:db8::1]:8001")]
    [InlineData("api.evil.example")]
    public async Task A_name_that_somebody_has_lead_to_this_machine_gets_nothing(string host)
    {
        foreach (var path in (string[])["/api/v1/symbols", "/openapi/v1.json", "/health", "/metrics", "/nothing"])
        {
            var problem = await SendAsync(api.Client, "GET", path, ("Host", host)).ProblemAsync(HttpStatusCode.BadRequest);
            problem.GetProperty("detail").GetString().ShouldNotBeNull().ShouldNotContain("AllowedHosts");
        }

        // A claim of what it was before some proxy changes nothing.
        await SendAsync(api.Client, "GET", "/api/v1/symbols", ("Host", host), ("X-Forwarded-Host", "localhost")).ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:8001")]
    [InlineData("api.dev.localhost:8001")]
    [InlineData("127.0.0.1:5")]
    [InlineData("[::1]:8001")]
    [InlineData("api")]
    public async Task In_Development_this_machine_and_the_name_in_service_discovery_will_do(string host)
    {
        using var answer = await SendAsync(api.Client, "GET", "/api/v1/symbols", ("Host", host));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Elsewhere_the_hosts_are_those_that_are_set_but_at_the_management_port_all()
    {
        await using var there = await ApiApplication.StartAsync(
            api.Database.ConnectionString,
            ("AllowedHosts", "127.0.0.1;api;*.example.com"), (ApiApplication.ManagementPort, _management.Port.ToString(CultureInfo.InvariantCulture)));
        using var probe = new HttpClient { BaseAddress = _management };

        (await SendAsync(there.Client, "GET", "/api/v1/symbols", ("Host", "api:8080"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(there.Client, "GET", "/api/v1/symbols", ("Host", "data.example.com"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await SendAsync(there.Client, "GET", "/api/v1/symbols", ("Host", "localhost")).ProblemAsync(HttpStatusCode.BadRequest);
        await SendAsync(there.Client, "GET", "/api/v1/symbols", ("Host", _management.Authority.Replace("127.0.0.1", "10.1.2.3", StringComparison.Ordinal))).ProblemAsync(HttpStatusCode.BadRequest);
        (await SendAsync(probe, "GET", "/health", ("Host", "10.1.2.3:8081"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("POST", "/api/v1/enrichment/trigger?symbols=CROSS", "Sec-Fetch-Site", "cross-site")]
    [InlineData("POST", "/api/v1/enrichment/pause", "Sec-Fetch-Site", "same-site")]
    [InlineData("GET", "/api/v1/enrichment/pause", "Sec-Fetch-Site", "cross-site")]
    [InlineData("GET", "/api/v1/enrichment/resume", "Sec-Fetch-Site", "same-site")]
    [InlineData("GET", "/api/v1/providers/check", "Sec-Fetch-Site", "cross-site")]
    [InlineData("GET", "/api/v1/admin/api-keys", "Sec-Fetch-Site", "cross-site")]
    [InlineData("DELETE", "/api/v1/admin/symbols/CROSS", "Sec-Fetch-Site", "cross-site")]
    [InlineData("PUT", "/api/v1/admin/symbols/CROSS", "Origin", "https://evil.example")]
    [InlineData("POST", "/api/v1/enrichment/pause", "Origin", "https://evil.example")]
    [InlineData("POST", "/api/v1/enrichment/pause", "Origin", "http://localhost:1")]
    [InlineData("POST", "/api/v1/enrichment/pause", "Origin", "null")]
    [InlineData("POST", "/api/v1/enrichment/pause", "Origin", "http://localhost.evil.example")]
    [InlineData("POST", "/api/v1/enrichment/pause", "Sec-Fetch-Site", "something-new")]
    public async Task A_page_of_another_site_changes_nothing(string method, string path, string header, string value)
    {
        using var answer = await SendAsync(api.Client, method, path, (header, value));

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await api.Client.FetchAsync("/api/v1/enrichment/dashboard/overview").JsonAsync()).GetProperty("scheduler_status").GetString().ShouldNotBe("paused");
    }

    [Fact]
    public async Task What_is_no_page_of_another_site_goes_on_as_before()
    {
        var own = api.Client.BaseAddress!.GetLeftPart(UriPartial.Authority);
        (string Name, string Value)[][] callers =
        [
            [], [("Origin", own)], [("Origin", own), ("Sec-Fetch-Site", "same-origin")], [("Sec-Fetch-Site", "none")],
            [("Origin", DevelopmentApi.Charts), ("Sec-Fetch-Site", "cross-site")], [("Origin", DevelopmentApi.Charts)],
        ];

        foreach (var caller in callers)
        {
            (await SendAsync(api.Client, "POST", "/api/v1/enrichment/resume", caller)).StatusCode.ShouldBe(HttpStatusCode.OK, string.Join(", ", caller));
            (await SendAsync(api.Client, "GET", "/api/v1/enrichment/resume", caller)).StatusCode.ShouldBe(HttpStatusCode.OK, string.Join(", ", caller));
        }

        // Reads are as open to a link or an image as before; a script of the page does not get to see them.
        (await SendAsync(api.Client, "GET", "/api/v1/symbols", ("Sec-Fetch-Site", "cross-site"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        // Who has a key is a client, or a page that the browser has let through: it asks before it sends one.
        (await SendAsync(api.Client, "POST", "/api/v1/enrichment/resume", ("Sec-Fetch-Site", "cross-site"), ("X-API-Key", await api.KeyAsync())))
            .StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
