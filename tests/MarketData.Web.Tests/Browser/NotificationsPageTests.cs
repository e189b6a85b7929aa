using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>The page on which people are told of what.</summary>
public sealed class NotificationsPageTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    [Fact]
    public async Task Somebody_sets_up_whom_to_tell_of_what_by_keyboard_and_tests_it()
    {
        dashboard.Api.World.Watchlists.Add(new("tech", ["AAPL", "MSFT"], dashboard.Api.World.Now, dashboard.Api.World.Now, null));
        await using var page = await dashboard.OpenAsync("notifications");
        await Assertions.Expect(Row(page, "JNJ")).ToContainTextAsync("newest candle closed 2026-11-17");
        await Assertions.Expect(Row(page, "XOM")).ToContainTextAsync("not yet");

        // A receiver: its secret is shown this once.
        await EnterAsync(page.Page.GetByRole(AriaRole.Button, new() { Name = "New receiver…" }));
        var dialog = await page.DialogAsync();
        await EnterAsync(dialog.GetByRole(AriaRole.Button, new() { Name = "Webhook" }));
        await dialog.GetByLabel("Name").FillAsync("Pager");
        await EnterAsync(dialog.GetByRole(AriaRole.Button, new() { Name = "Make the receiver" }));
        await Assertions.Expect(dialog).ToContainTextAsync("'address' must be an http or https address.");
        await dialog.GetByLabel("Address").FillAsync("https://pager.example.com/hooks/secret");
        await EnterAsync(dialog.GetByRole(AriaRole.Button, new() { Name = "Make the receiver" }));
        await Assertions.Expect(dialog.Locator(".secret code")).ToHaveTextAsync("whsec_bmV3LXNlY3JldA==");
        await EnterAsync(dialog.GetByRole(AriaRole.Button, new() { Name = "I have copied it" }));
        await Assertions.Expect(Row(page, "Pager")).ToContainTextAsync("pager.example.com");
        (await page.Page.ContentAsync()).ShouldNotContain("hooks/secret");

        // A test says what came of it, and is listed.
        dashboard.Api.Notifications.TestError = "It answered 403 Forbidden.";
        await EnterAsync(page.Page.GetByRole(AriaRole.Button, new() { Name = "Test Pager" }));
        await Assertions.Expect(page.Page.Locator(".mud-snackbar")).ToContainTextAsync("The test did not reach Pager. It answered 403 Forbidden.");
        await Assertions.Expect(page.Page.Locator(".deliveries tbody tr").First).ToContainTextAsync("Pager");

        // A rule of a watchlist: due by a time of day.
        await EnterAsync(page.Page.GetByRole(AriaRole.Button, new() { Name = "New rule…" }));
        dialog = await page.DialogAsync();
        await ChooseAsync(page, "Tell when", "Candles are not there by a time of day");
        await dialog.GetByLabel("Due by").FillAsync("03:15");
        await ChooseAsync(page, "While it lasts", "Tell again every 4 hours");
        await ChooseAsync(page, "About", "tech (2 symbols)");
        await dialog.GetByLabel("Pager").PressAsync("Space");
        await Assertions.Expect(dialog.GetByLabel("Name of the rule")).ToHaveValueAsync("Candles are not there by a time of day (tech)");
        await EnterAsync(dialog.GetByRole(AriaRole.Button, new() { Name = "Make the rule" }));
        await Assertions.Expect(Row(page, "1d candles are not there by 03:15 America/New_York; told again every 4 hours")).ToContainTextAsync("tech");
        dashboard.Api.Actions.ShouldContain(action => action.Contains(
            "\"occasion\":\"not_fresh\",\"receivers\":[2],\"watchlist\":\"tech\",\"after_minutes\":0,\"remind_hours\":4,\"due_by\":\"03:15\"", StringComparison.Ordinal));

        // What was given up is tried again.
        await EnterAsync(page.Page.GetByRole(AriaRole.Button, new() { Name = "Try again: JNJ is stale, to Night desk" }));
        await Assertions.Expect(page.Page.Locator(".deliveries tr", new() { HasText = "JNJ is stale" })).ToContainTextAsync("Waiting");
    }

    [Theory]
    [InlineData(390, false)]
    [InlineData(1440, true)]
    public async Task It_is_sound_on_a_phone_and_on_a_screen_with_its_dialogs(int width, bool dark)
    {
        await using var page = await dashboard.OpenAsync("notifications", width, 800, dark);
        await Assertions.Expect(Row(page, "JNJ").First).ToBeVisibleAsync();
        await page.ShouldBeSoundAsync();
        foreach (var button in (string[])["New rule…", "New receiver…"])
        {
            await page.Page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
            await page.DialogAsync();
            await page.ShouldBeSoundAsync();
            await page.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
            await Assertions.Expect(page.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        }
    }

    private static ILocator Row(MarketData.Testing.DashboardPage page, string text) => page.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = text }).First;

    // Keys that are pressed on a button which is not enabled yet are lost.
    private static async Task EnterAsync(ILocator button)
    {
        await Assertions.Expect(button).ToBeEnabledAsync();
        await button.PressAsync("Enter");
    }

    private static async Task ChooseAsync(MarketData.Testing.DashboardPage page, string label, string option)
    {
        await page.Page.GetByRole(AriaRole.Dialog).GetByLabel(label).First.ClickAsync();
        await page.Page.Locator(".mud-popover-open").GetByText(option, new() { Exact = true }).ClickAsync();
    }
}
