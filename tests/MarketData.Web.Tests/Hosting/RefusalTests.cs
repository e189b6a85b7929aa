using System.Net;
using MarketData.Testing;

namespace MarketData.Web.Tests.Hosting;

/// <summary>What a reader is told when the Api answers, and refuses: why, and never that it cannot be reached.</summary>
public sealed class RefusalTests(FrontDoorServer door) : IClassFixture<FrontDoorServer>, IDisposable
{
    public void Dispose() => door.Inside.Refusal = null;

    [Theory]
    [InlineData(429, 7, "Too many requests; again in 7 s.")]
    [InlineData(429, null, "Too many requests; again in a moment.")]
    [InlineData(503, 5, "do this just now; again in 5 s.")]
    [InlineData(401, null, "Sign in with an API key for this.")]
    [InlineData(403, null, "Your API key does not have the scope for this.")]
    [InlineData(413, null, "This is more than the API takes at once.")]
    [InlineData(418, null, "What the API says.")]
    public async Task A_page_says_what_the_Api_answered(int status, int? retryAfter, string words)
    {
        door.Inside.Refusal = ("/api/v1/system", status, retryAfter);

        // What was just read is shared for a moment.
        var page = "";
        await Eventually.BecomesAsync(
            async () => (page = await PageAsync("system")).Contains(words, StringComparison.Ordinal), TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        page.ShouldNotContain("be reached");
    }

    [Fact]
    public async Task Many_refusals_do_not_look_like_an_outage_nor_does_a_page_wait_for_their_end()
    {
        door.Inside.Refusal = ("/api/v1/enrichment/runs", 429, 3_600);

        // The client's circuit breaker would open by now, if an answer counted as none.
        for (var i = 0; i < 150; i++)
            (await PageAsync($"jobs/{Guid.NewGuid()}")).ShouldContain("Too many requests; again in 3600 s.");
    }

    private async Task<string> PageAsync(string path)
    {
        using var answer = await door.SendAsync("GET", new Uri(door.Address, "/dashboard/" + path));
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
