using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>The pipeline over a chosen window.</summary>
public sealed class PipelinePageTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    [Fact]
    public async Task Charts_are_drawn_by_provider_or_interval_over_the_window_chosen()
    {
        await using var page = await dashboard.OpenAsync("pipeline");
        await page.BecomesAsync("() => document.querySelectorAll('.chart[data-drawn] canvas').length === 8");
        await Assertions.Expect(page.Page.Locator(".chart").First).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("by provider: 4,812 in all, 23 failed"));

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "7d" }).ClickAsync();
        // The links of the other choice keep the window that is shown.
        await Assertions.Expect(page.Page.Locator(".panel-note").First).ToHaveTextAsync("last 7 days");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "by interval" }).ClickAsync();

        await Assertions.Expect(page.Page.Locator(".panel-note").First).ToHaveTextAsync("last 7 days");
        await Assertions.Expect(page.Page.Locator(".chart").First).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("by interval"));
        await Assertions.Expect(page.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("window=7d&by=interval"));
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Where_providers_differ_the_pair_and_the_symbol_are_named()
    {
        await using var page = await dashboard.OpenAsync("pipeline");
        var row = page.Page.GetByRole(AriaRole.Region, new() { Name = "Comparison by pair of providers" }).GetByRole(AriaRole.Row).Nth(1);
        await Assertions.Expect(row).ToContainTextAsync("Polygon (Massive), Yahoo");
        await Assertions.Expect(row).ToContainTextAsync("2.5");
        await Assertions.Expect(row.GetByRole(AriaRole.Link, new() { Name = "TSLA" })).ToHaveAttributeAsync("href", new System.Text.RegularExpressions.Regex("TSLA"));
        await page.ShouldBeSoundAsync();
    }
}
