using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>Menus work without a mouse.</summary>
public sealed class MenuTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    [Theory]
    [InlineData("Enter")]
    [InlineData("Space")]
    public async Task The_theme_is_chosen_by_keyboard(string key)
    {
        await using var page = await dashboard.OpenAsync("");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Colour theme" }).PressAsync("Enter");
        await Assertions.Expect(Item("Light")).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(Item("Dark")).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync(key);
        await Assertions.Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Menuitem)).ToHaveCountAsync(0);

        ILocator Item(string name) => page.Page.GetByRole(AriaRole.Menuitem, new() { Name = name });
    }
}
