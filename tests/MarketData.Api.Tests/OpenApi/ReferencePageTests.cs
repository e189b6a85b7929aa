using System.Collections.Concurrent;
using MarketData.Testing;
using Microsoft.Playwright;

namespace MarketData.Api.Tests.OpenApi;

public sealed class ReferencePageTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task The_reference_page_shows_the_operations_and_asks_no_other_host()
    {
        var api = fixture.Stranger.BaseAddress!;
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(Chromium.LaunchOptions());
        var page = await browser.NewPageAsync();
        var hosts = new ConcurrentDictionary<string, string>();
        var errors = new ConcurrentQueue<string>();
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url) is { Scheme: "http" or "https" or "ws" or "wss" } url)
                hosts.TryAdd(url.Authority, request.Url);
        };
        page.PageError += (_, error) => errors.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                errors.Enqueue(message.Text);
        };

        await page.GotoAsync(new Uri(api, "/scalar").ToString(), new() { Timeout = 180_000 });
        await page.GetByText("The state of enrichment at a glance").First.WaitForAsync(new() { Timeout = 180_000, State = WaitForSelectorState.Attached });
        hosts.Keys.ShouldBe([api.Authority]);
        errors.ShouldBeEmpty();
        (await page.TitleAsync()).ShouldBe("MarketData API");
    }
}
