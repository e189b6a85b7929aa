using System.Text.RegularExpressions;
using MarketData.Testing;
using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>The search at the top, which leads to symbols and pages and carries out actions.</summary>
public sealed class PaletteTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    [Fact]
    public async Task A_slash_reaches_the_search_for_symbols_by_name_pages_and_actions()
    {
        await using var page = await dashboard.OpenAsync("symbols");
        var search = page.Page.GetByRole(AriaRole.Combobox, new() { Name = "Go to symbol, page or action" });
        await page.Page.Keyboard.PressAsync("/");
        await Assertions.Expect(search).ToBeFocusedAsync();
        await Assertions.Expect(Option(page, "Overview Page")).ToBeVisibleAsync();
        await Assertions.Expect(Option(page, "Add symbol… Action")).ToBeVisibleAsync();
        (await page.ViolationsAsync()).ShouldBeEmpty();

        await page.Page.Keyboard.TypeAsync("apple");
        await Assertions.Expect(Option(page, "AAPL Apple Inc. Stock")).ToBeVisibleAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("symbols/AAPL$"));
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Name = "AAPL", Level = 1 })).ToBeFocusedAsync();

        await page.Page.Keyboard.PressAsync("/");
        // Faster than the list.
        await page.Page.Keyboard.TypeAsync("times utc");
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Page.GetByLabel("Time zone")).ToHaveValueAsync("utc");
    }

    [Fact]
    public async Task A_slash_in_a_field_is_a_slash_and_there_the_search_is_reached_by_Control_K()
    {
        await using var page = await dashboard.OpenAsync("symbols");
        var field = page.Page.GetByLabel("Search symbols", new() { Exact = true });
        await field.FocusAsync();
        await page.Page.Keyboard.PressAsync("/");
        await Assertions.Expect(field).ToHaveValueAsync("/");

        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("search=%2F$"));
        await page.Page.Keyboard.PressAsync("Control+k");
        await page.Page.Keyboard.TypeAsync("pipel");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Listbox).GetByRole(AriaRole.Option)).ToHaveCountAsync(1);
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("/pipeline$"));
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeFocusedAsync();

        await page.Page.Keyboard.PressAsync("/");
        await page.Page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(Option(page, "Pipeline Page")).ToHaveAttributeAsync("aria-selected", "true");
        await page.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Listbox)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task On_a_phone_every_page_is_reached()
    {
        await using var page = await dashboard.OpenAsync("symbols", 390, 844);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();
        await Assertions.Expect(Option(page, "API keys Page")).ToBeVisibleAsync();
        await page.ShouldBeSoundAsync();
        await Option(page, "System Page").ClickAsync();
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("/system$"));
    }

    private static ILocator Option(DashboardPage page, string name) => page.Page.GetByRole(AriaRole.Option, new() { Name = name, Exact = true });
}
