using MarketData.Testing;
using MarketData.Web.Tests.Fakes;
using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>What an operator does in the dashboard is done from the operator's browser, also by a page that has been open for long.</summary>
public sealed class CallerTests(DashboardFixture dashboard, ChromiumFixture chromium) : IClassFixture<DashboardFixture>
{
    [Fact]
    public async Task An_action_carries_the_address_of_the_browser_that_the_page_is_open_in_now()
    {
        await using var ingress = await FakeIngress.StartAsync(new Uri(dashboard.Address, "/"));
        var context = await chromium.Browser.NewContextAsync(new() { IgnoreHTTPSErrors = true });
        await using var page = new DashboardPage(await context.NewPageAsync(), new Uri(ingress.Address, "/dashboard/"));
        await page.GoAsync("");
        await RunAsync(page, from: "203.0.113.9");

        // Another network, and the same page.
        ingress.Caller = "2001:db8::77";
        await ingress.RestartAsync();
        await page.BecomesAsync("() => !document.getElementById('components-reconnect-modal').hidden");
        await page.BecomesAsync("() => document.getElementById('components-reconnect-modal').hidden");
        await RunAsync(page, from: "2001:db8::77");

        var cookies = await context.CookiesAsync();
        cookies.Select(cookie => cookie.Name).ShouldContain("md-system");
        cookies.ShouldAllBe(cookie => cookie.Secure);
    }

    private async Task RunAsync(DashboardPage page, string from)
    {
        dashboard.Api.Callers.Clear();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await (await page.DialogAsync()).GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).First).ToBeVisibleAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).First.ClickAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" })).ToBeVisibleAsync();

        dashboard.Api.Callers.Where(call => call.StartsWith("POST ", StringComparison.Ordinal))
            .ShouldBe([$"POST /api/v1/enrichment/pause {from}", $"POST /api/v1/enrichment/resume {from}"]);
    }
}
