using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>What a reader sees when the Api goes away and comes back.</summary>
public sealed class ConnectionTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    [Fact]
    public async Task A_lost_Api_is_said_and_its_return_brings_the_newest_state_by_itself()
    {
        await using var page = await dashboard.OpenAsync("");
        await Assertions.Expect(page.Page.Locator(".live")).ToHaveTextAsync("Live");

        await dashboard.Api.StopAsync();

        await Assertions.Expect(page.Page.GetByText("No connection to the API")).ToBeVisibleAsync();
        await Assertions.Expect(page.Page.Locator(".live")).ToHaveTextAsync("Offline");
        await Assertions.Expect(page.Page.Locator(".verdict-line")).ToBeVisibleAsync();

        dashboard.Api.World.Scheduler = "paused";
        await dashboard.Api.RestartAsync();

        await Assertions.Expect(page.Page.GetByText("No connection to the API")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Page.Locator(".live")).ToHaveTextAsync("Live");
        await Assertions.Expect(page.Page.Locator(".verdict-facts .badge")).ToHaveTextAsync("Paused");
    }
}
