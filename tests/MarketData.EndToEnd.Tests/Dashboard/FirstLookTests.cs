using MarketData.Testing;
using Microsoft.Playwright;

namespace MarketData.EndToEnd.Tests.Dashboard;

/// <summary>What a person sees who opens the address that the app host printed.</summary>
public sealed class FirstLookTests(SystemFixture system, ChromiumFixture chromium)
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_overview_gives_its_verdict_and_says_that_the_data_is_simulated()
    {
        await system.FirstRunAsync(_cancellation);
        await using var page = await system.OpenAsync(chromium, "");

        await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        await Assertions.Expect(page.Page.Locator(".verdict-line")).Not.ToBeEmptyAsync();
        await Assertions.Expect(page.Page.GetByText("simulated").First).ToBeVisibleAsync();
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_page_is_reached_by_its_link_on_a_phone()
    {
        await system.FirstRunAsync(_cancellation);
        await using var page = await system.OpenAsync(chromium, "", 360, 780);
        var navigation = page.Page.GetByRole(AriaRole.Navigation, new() { Name = "Dashboard" });
        foreach (var name in new[] { "Pipeline", "Jobs", "Resilience", "Symbols" })
            await page.FollowAsync(navigation.GetByRole(AriaRole.Link, new() { Name = name }), name);
        foreach (var name in new[] { "Notifications", "System" })
        {
            await navigation.GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();
            await page.FollowAsync(page.Page.GetByRole(AriaRole.Option, new() { Name = $"{name} Page", Exact = true }), name);
        }

        await page.FollowAsync(page.Page.GetByRole(AriaRole.Link, new() { Name = "API keys" }), "keys");
        page.Complaints.ShouldBeEmpty();
    }
}
