using System.Net;
using Microsoft.Extensions.Hosting;

namespace MarketData.Api.Tests.Errors;

/// <summary>What the server refuses before anything of the API's sees it is a problem as well.</summary>
public sealed class RejectedRequestTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Path = "/api/v1/symbols";

    public static TheoryData<string, string, string> Requests() => new()
    {
        { "no request line", "hello there\r\n\r\n", "malformed_request" },
        { "no path", "GET http:// HTTP/1.1\r\nHost: localhost\r\n\r\n", "malformed_request" },
        { "no host", $"GET {Path} HTTP/1.1\r\n\r\n", "malformed_request" },
        { "two hosts", $"GET {Path} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "malformed_request" },
        { "a bad host", $"GET {Path} HTTP/1.1\r\nHost: a b@c\r\n\r\n", "malformed_request" },
        { "a bad header", $"GET {Path} HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n", "malformed_request" },
        { "a bad length", $"GET {Path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n", "malformed_request" },
        { "an escaped null", "GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", "malformed_request" },
        { "a long line", $"GET /{new string('a', 9_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n", "address_too_long" },
        { "large headers", $"GET {Path} HTTP/1.1\r\nHost: localhost\r\nX-Large: {new string('a', 33_000)}\r\n\r\n", "headers_too_large" },
        {
            "many headers",
            $"GET {Path} HTTP/1.1\r\nHost: localhost\r\n{string.Concat(Enumerable.Range(0, 101).Select(i => $"X-{i}: a\r\n"))}\r\n",
            "headers_too_large"
        },
        { "another version", $"GET {Path} HTTP/1.9\r\nHost: localhost\r\n\r\n", "version_not_supported" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_request_that_the_server_refuses_gets_a_problem(string what, string request, string code)
    {
        _ = what;
        (await RawCall.ProblemAsync(api.Stranger.BaseAddress!, request)).ShouldBe(code);
    }

    [Fact]
    public async Task The_answer_to_a_second_request_on_a_connection_is_one_too()
    {
        var (status, _, rest) = await RawCall.SendAsync(
            api.Stranger.BaseAddress!, $"GET /alive HTTP/1.1\r\nHost: localhost\r\n\r\nGET {Path} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");

        status.ShouldBe(200);
        rest.ShouldContain("HTTP/1.1 400 Bad Request");
        rest.ShouldContain("\"code\":\"malformed_request\"");
        rest.ShouldContain("Connection: close");
    }

    [Theory]
    [InlineData("application/json", "too large", "body_too_large")]
    [InlineData("text/plain", "{}", "body_not_json")]
    public async Task A_body_that_is_refused_is_told_from_one_that_is_wrong(string type, string content, string code)
    {
        using var body = new StringContent(content == "too large" ? $"[\"{new string('a', 2_000_000)}\"]" : content, System.Text.Encoding.UTF8, type);
        using var answer = await api.Admin.PostAsync(new Uri("/api/v1/admin/symbols", UriKind.Relative), body, TestContext.Current.CancellationToken);

        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain($"\"code\":\"{code}\"");
    }

    [Fact]
    public async Task A_method_that_is_not_taken_and_an_address_that_means_nothing_are_problems_whatever_is_accepted()
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, Path) { Headers = { { "Accept", "text/csv" } } };
        var refused = await api.Stranger.SendAsync(request, TestContext.Current.CancellationToken).ProblemAsync(HttpStatusCode.MethodNotAllowed);
        refused.GetProperty("code").GetString().ShouldBe("method_not_allowed");
        (await api.Stranger.FetchAsync("/api/v2/symbols").ProblemAsync(HttpStatusCode.NotFound)).GetProperty("code").GetString().ShouldBe("unknown_address");
    }

    [Fact]
    public async Task A_request_that_does_not_come_to_its_end_is_given_up_with_a_problem()
    {
        await using var hasty = await ApiApplication.StartAsync(api.Database.ConnectionString, ("Kestrel:Limits:RequestHeadersTimeout", "00:00:02"));

        (await RawCall.ProblemAsync(hasty.Client.BaseAddress!, $"GET {Path} HTTP/1.1\r\nHost: localhost\r\n")).ShouldBe(ProblemCodes.RequestTooSlow.Code);
    }
}
