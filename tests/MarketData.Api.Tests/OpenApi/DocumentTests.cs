using System.Net;
using System.Net.Http.Headers;

namespace MarketData.Api.Tests.OpenApi;

/// <summary>How the document itself is had.</summary>
public sealed class DocumentTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Path = "/openapi/v1.json";

    [Fact]
    public async Task It_has_a_tag_and_is_not_sent_again_to_whoever_has_it()
    {
        using var first = await api.Stranger.FetchAsync(Path);
        first.Content.Headers.ContentType?.MediaType.ShouldBe("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Get, Path) { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var second = await api.Stranger.SendAsync(request, TestContext.Current.CancellationToken);

        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        second.Headers.ETag.ShouldBe(first.Headers.ETag);
        request.Headers.IfNoneMatch.ShouldBe([new EntityTagHeaderValue(first.Headers.ETag!.Tag, isWeak: true)]);
    }

    [Fact]
    public async Task It_counts_as_a_request()
    {
        await using var limited = await ApiApplication.StartAsync(api.Database.ConnectionString, ("Api:RequestsPerMinutePerAddress", "1"));
        using var first = await limited.Client.FetchAsync(Path);
        using var second = await limited.Client.FetchAsync("/scalar");
        using var third = await limited.Client.FetchAsync(Path);

        new[] { first, second, third }.Count(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).ShouldBeGreaterThan(0);
    }
}
