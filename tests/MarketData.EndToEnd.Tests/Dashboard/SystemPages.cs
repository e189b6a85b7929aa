using MarketData.Testing;
using Microsoft.Playwright;

namespace MarketData.EndToEnd.Tests.Dashboard;

/// <summary>Pages of the dashboard of the running system.</summary>
internal static class SystemPages
{
    private const int WaitLimit = 120_000;

    /// <summary>Opens a page and waits until it answers to clicks.</summary>
    public static async Task<DashboardPage> OpenAsync(this SystemFixture system, ChromiumFixture chromium, string path, int width = 1280, int height = 800)
    {
        var page = await system.NewPageAsync(chromium, width, height);
        await page.GoAsync(path);
        return page;
    }

    /// <summary>A page that has not been sent anywhere yet.</summary>
    public static async Task<DashboardPage> NewPageAsync(this SystemFixture system, ChromiumFixture chromium, int width = 1280, int height = 800)
    {
        var context = await chromium.Browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(WaitLimit);
        context.SetDefaultNavigationTimeout(WaitLimit);
        return new DashboardPage(await context.NewPageAsync(), system.Dashboard);
    }

    /// <summary>Presses a button of the page by its name.</summary>
    public static Task PressAsync(this DashboardPage page, string button) =>
        page.Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    /// <summary>Says yes to what the dashboard asks.</summary>
    public static Task ConfirmAsync(this DashboardPage page, string button) =>
        page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    /// <summary>Waits for the outcome that the dashboard tells.</summary>
    public static Task SaysAsync(this DashboardPage page, string outcome) =>
        Assertions.Expect(page.Page.Locator(".mud-snackbar", new() { HasText = outcome }).First).ToBeVisibleAsync();
}
