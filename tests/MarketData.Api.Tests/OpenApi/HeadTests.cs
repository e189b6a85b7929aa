using System.Net;

namespace MarketData.Api.Tests.OpenApi;

/// <summary><c>HEAD</c> wherever there is <c>GET</c>: the same status and headers, and no body.</summary>
public sealed class HeadTests(PopulatedApi api) : IClassFixture<PopulatedApi>
{
    // What differs from one call to the next, and what is of the body and its way.
    private static readonly string[] Passing = ["Date", "RateLimit", "Transfer-Encoding", "Content-Length", "traceparent"];

    [Fact]
    public async Task Every_route_that_can_be_got_has_a_head()
    {
        var routes = (await ApiDescription.FetchAsync(api.Client)).Operations.Where(operation => operation.Method == "GET").ToList();
        routes.Count.ShouldBeGreaterThan(30);
        foreach (var operation in routes)
        {
            var path = operation.Path.Replace("{symbol}", operation.Path.Contains("/admin/", StringComparison.Ordinal) ? "MSFT" : "AAPL", StringComparison.Ordinal)
                .Replace("{job_id}", $"{api.Run}", StringComparison.Ordinal).Replace("{exchange}", "XNYS", StringComparison.Ordinal)
                .Replace("{file}", api.BulkFile, StringComparison.Ordinal)
                .Replace("{id}", operation.Path.Contains("/api-keys/", StringComparison.Ordinal) ? $"{api.OtherKey}" : operation.Path.Contains("/backfills/", StringComparison.Ordinal) ? $"{api.Backfill}" : $"{api.Job}", StringComparison.Ordinal);

            await ShouldAgreeAsync(api.Client, path);
        }
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/api/v1/historical/AAPL?format=xml")]
    [InlineData("/api/v1/historical/NOBODY")]
    [InlineData("/api/v1/nowhere")]
    [InlineData("/api/v1/historical?asset_class=crypto&timeframe=1h&format=parquet")]
    [InlineData("/api/v1/historical?asset_class=crypto&timeframe=1h&format=csv&features=true")]
    public Task What_is_wrong_or_streamed_has_one_as_well(string path) => ShouldAgreeAsync(api.Client, path);

    [Fact]
    public async Task A_stranger_is_refused_as_by_get()
    {
        await ShouldAgreeAsync(api.Stranger, "/api/v1/admin/symbols");
        using var head = new HttpRequestMessage(HttpMethod.Head, "/api/v1/admin/symbols");
        using var answer = await api.Stranger.SendAsync(head, TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task What_only_posts_has_none()
    {
        using var head = new HttpRequestMessage(HttpMethod.Head, "/api/v1/enrichment/trigger");
        using var answer = await api.Client.SendAsync(head, TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    private static async Task ShouldAgreeAsync(HttpClient client, string path)
    {
        using var head = new HttpRequestMessage(HttpMethod.Head, path);
        using var headers = await client.SendAsync(head, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        (await headers.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty(path);
        using var get = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        headers.StatusCode.ShouldBe(get.StatusCode, path);
        Names(headers).ShouldBe(Names(get), path);
        headers.Content.Headers.ContentType?.ToString().ShouldBe(get.Content.Headers.ContentType?.ToString(), path);
        headers.Headers.ETag?.Tag.ShouldBe(get.Headers.ETag?.Tag, path);
    }

    private static string[] Names(HttpResponseMessage answer) =>
        [.. answer.Headers.Concat(answer.Content.Headers).Select(header => header.Key).Except(Passing).Order()];
}
