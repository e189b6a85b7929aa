using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace MarketData.Web.Tests.Hosting;

/// <summary>Whoever calls the Api through the front door is told of errors as the Api tells of them, by whichever of the two they are.</summary>
public sealed class ForwardedErrorTests(FrontDoorServer door) : IClassFixture<FrontDoorServer>
{
    [Theory]
    [InlineData("text/html")]
    [InlineData("text/csv")]
    [InlineData("*/*")]
    public async Task Without_the_Api_an_answer_of_its_paths_is_a_problem_with_a_code(string accept)
    {
        // Nothing listens at port 1.
        await using var alone = new DashboardServer();
        var address = alone.Start("http://127.0.0.1:1");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/api/v1/symbols")) { Headers = { { "Accept", accept } } };

        using var answer = await door.Http.SendAsync(request, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        answer.Headers.RetryAfter?.Delta.ShouldNotBeNull();
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
        problem.GetProperty("code").GetString().ShouldBe("api_unreachable");
        problem.GetProperty("status").GetInt32().ShouldBe(502);
        problem.GetProperty("instance").GetString().ShouldBe("/api/v1/symbols");
        problem.GetProperty("trace_id").GetString().ShouldNotBeNullOrEmpty();
        var page = await door.Http.GetStringAsync(new Uri(address, problem.GetProperty("type").GetString()), TestContext.Current.CancellationToken);
        page.ShouldContain("The front door does not reach the API");
    }

    [Fact]
    public async Task What_the_Api_answers_goes_through_as_it_is()
    {
        using var answer = await door.SendAsync("GET", new Uri(door.Address, "/api/v1/enrichment/dashboard/job-status/NOBODY"), ("Accept", "text/html"));

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("This symbol is not tracked.");
    }

    [Theory]
    [InlineData("GET /api/v1/symbols HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "malformed_request")]
    [InlineData("GET /api/v1/symbols HTTP/1.1\r\nHost: elsewhere.example.com\r\nConnection: close\r\n\r\n", "unknown_host")]
    [InlineData("GET /{0} HTTP/1.1\r\nHost: localhost\r\n\r\n", "address_too_long")]
    [InlineData("GET /api/v1/symbols HTTP/1.1\r\nHost: localhost\r\nX-Large: {0}{0}{0}{0}\r\n\r\n", "headers_too_large")]
    public async Task What_the_front_door_itself_refuses_is_a_problem(string request, string code)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var socket = new TcpClient();
        await socket.ConnectAsync(door.Address.Host, door.Address.Port, cancellation);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request.Replace("{0}", new string('a', 9_000), StringComparison.Ordinal)), cancellation);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(cancellation);

        answer.ShouldContain("Content-Type: application/problem+json");
        answer.ShouldContain($"\"code\":\"{code}\"");
    }

    [Fact]
    public async Task The_pages_that_explain_errors_are_no_part_of_the_dashboard()
    {
        using var inside = await door.SendAsync("GET", new Uri(door.Address, "/dashboard/problems"));
        using var all = await door.SendAsync("GET", new Uri(door.Address, "/problems"));

        inside.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        all.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
