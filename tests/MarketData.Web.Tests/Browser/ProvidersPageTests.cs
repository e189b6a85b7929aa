using MarketData.Testing;
using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>Two providers side by side.</summary>
public sealed class ProvidersPageTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    [Theory]
    [InlineData(1440, false)]
    [InlineData(390, true)]
    public async Task Two_providers_are_compared_over_a_range_by_keyboard(int width, bool dark)
    {
        await using var page = await dashboard.OpenAsync("symbols/AAPL/providers?timeframe=1d", width, 900, dark);
        var compare = page.Page.GetByRole(AriaRole.Button, new() { Name = "Compare", Exact = true });
        await PressAsync(page, "Polygon (Massive)");
        await Assertions.Expect(compare).ToBeDisabledAsync();
        await PressAsync(page, "Yahoo");
        await page.Page.GetByLabel("From").FillAsync("2026-01-01");
        await page.Page.GetByLabel("From").PressAsync("Enter");

        await Assertions.Expect(page.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Status)).ToContainTextAsync(
            "Of 99 candles that both have, the closes of 2 lie more than half a percent apart");
        await Assertions.Expect(page.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("providers=polygon(,|%2C)yahoo&start=2026-01-01"));
        var rows = page.Page.GetByRole(AriaRole.Region, new() { Name = "Candles of both providers" }).Locator("tbody tr");
        await Assertions.Expect(rows).ToHaveCountAsync(50);
        await page.BecomesAsync("() => document.querySelector('.chart')?.dataset.drawn > 0");
        await page.ShouldBeSoundAsync();

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Differing 2" }).PressAsync("Enter");
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await Assertions.Expect(rows.Last).ToContainTextAsync("+2.00");
        await Assertions.Expect(rows.Last).ToContainTextAsync("high 106.00 and 114.00");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Of one alone 1" }).PressAsync("Enter");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_refusal_a_bad_range_and_a_missing_key_are_told()
    {
        var before = Comparisons;
        // An address that somebody sent asks at once.
        await using var page = await dashboard.OpenAsync("symbols/AAPL/providers?timeframe=1h&providers=yahoo,binance");
        await Assertions.Expect(page.Page.GetByText("Binance does not serve 1h bars of AAPL, or is not enabled.")).ToBeVisibleAsync();
        await Assertions.Expect(page.Page.GetByText("There is no candle that both have.")).ToBeVisibleAsync();
        (Comparisons - before).ShouldBe(1);

        await page.Page.GetByLabel("From").FillAsync("1999-01-01");
        await page.Page.GetByLabel("From").PressAsync("Enter");
        await Assertions.Expect(page.Page.GetByText("at most 2000 bars")).ToBeVisibleAsync();

        dashboard.Api.KeyScopes = new() { ["mdk_reader"] = ["read"] };
        await page.GoAsync("symbols/AAPL/providers?timeframe=1h&providers=yahoo,binance");
        await Assertions.Expect(page.Page.GetByText("sign in with an API key that may run enrichment")).ToBeVisibleAsync();
        dashboard.Api.KeyScopes = null;
    }

    private int Comparisons => dashboard.Api.Reads.GetValueOrDefault("/api/v1/data/quality/AAPL/providers");

    private static Task PressAsync(DashboardPage page, string name) =>
        page.Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).PressAsync("Enter");
}
