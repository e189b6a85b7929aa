using System.Text.RegularExpressions;
using MarketData.Testing;
using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>In which zone instants are shown, and that they say it.</summary>
public sealed class TimeZoneTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    [Fact]
    public async Task Instants_name_their_zone_which_is_chosen_by_keyboard_and_kept()
    {
        await using var page = await dashboard.OpenAsync("keys");
        var clock = await page.Page.Context.NewCDPSessionAsync(page.Page);
        await clock.SendAsync("Emulation.setTimezoneOverride", new() { ["timezoneId"] = "Asia/Tokyo" });
        await page.GoAsync("keys");
        var created = page.Page.Locator("tbody local-time[format=datetime]").First;
        await Assertions.Expect(created).ToHaveTextAsync(new Regex("GMT.9$"));

        await ChooseAsync(page, "UTC");
        await Assertions.Expect(created).ToHaveTextAsync(new Regex("UTC$"));
        await page.ShouldBeSoundAsync();

        await ChooseAsync(page, "Exchange");
        await Assertions.Expect(created).ToHaveTextAsync(new Regex("E[SD]T$"));

        await page.GoAsync("keys");
        await Assertions.Expect(created).ToHaveTextAsync(new Regex("E[SD]T$"));
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Combobox, new() { Name = "Time zone" })).ToHaveValueAsync("exchange");
        await clock.SendAsync("Emulation.setTimezoneOverride", new() { ["timezoneId"] = "" });
    }

    [Fact]
    public async Task The_exchange_is_that_of_the_symbol_and_days_stay_days()
    {
        dashboard.Api.World.Symbols.Add(dashboard.Api.World.Symbols[0] with { Symbol = "VOD.L" });
        await using var page = await dashboard.OpenAsync("symbols/VOD.L");
        await ChooseAsync(page, "Exchange");

        var coverage = page.Page.GetByRole(AriaRole.Region, new() { Name = "Coverage by interval" });
        await Assertions.Expect(coverage.GetByRole(AriaRole.Row, new() { Name = "5m" }).GetByRole(AriaRole.Cell).Nth(1))
            .ToHaveTextAsync(new Regex(@"\d\d:\d\d (GMT|BST|GMT.1)$"));
        await Assertions.Expect(coverage.GetByRole(AriaRole.Row, new() { Name = "1d" }).GetByRole(AriaRole.Cell).Nth(1))
            .ToHaveTextAsync(new Regex(@"^\s*\d{4}-\d\d-\d\d\s*$"));
    }

    // By keyboard; not by first letters, for those that come soon after each other are one word.
    private static async Task ChooseAsync(DashboardPage page, string word)
    {
        var zone = page.Page.GetByRole(AriaRole.Combobox, new() { Name = "Time zone" });
        await zone.PressAsync("Home");
        while (!string.Equals(await zone.InputValueAsync(), word, StringComparison.OrdinalIgnoreCase))
            await zone.PressAsync("ArrowDown");
    }
}
