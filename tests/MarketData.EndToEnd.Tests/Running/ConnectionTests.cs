using MarketData.EndToEnd.Tests.Dashboard;
using MarketData.Testing;
using Microsoft.Playwright;

namespace MarketData.EndToEnd.Tests.Running;

/// <summary>What a reader of the dashboard sees when the Api dies and is started again.</summary>
[Collection(Acting.Name)]
public sealed class ConnectionTests(SystemFixture system, ChromiumFixture chromium)
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_loss_of_the_Api_is_said_and_ends_by_itself_when_it_is_back()
    {
        await system.FirstRunAsync(_cancellation);
        await using var page = await system.OpenAsync(chromium, "");
        var live = page.Page.Locator(".live");
        var lost = page.Page.GetByText("No connection to the API");
        await Assertions.Expect(live).ToHaveTextAsync("Live");
        system.Running.Kill("api");

        await Assertions.Expect(lost).ToBeVisibleAsync();
        await Assertions.Expect(page.Page.Locator(".verdict-line")).ToBeVisibleAsync();
        await system.Running.StartAgainAsync("api", _cancellation);
        await Assertions.Expect(lost).ToHaveCountAsync(0, new() { Timeout = 120_000 });
        await Assertions.Expect(live).ToHaveTextAsync("Live");

        // What happens from now on is heard again.
        await using var slow = await system.FaultAsync(new { kind = "latency", symbol = "V", delay_seconds = 5 }, _cancellation);
        using var response = await system.Http.PostAsync(new Uri("/api/v1/enrichment/trigger?symbols=V", UriKind.Relative), null, _cancellation);
        response.EnsureSuccessStatusCode();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Progressbar).First).ToBeVisibleAsync();
    }
}
