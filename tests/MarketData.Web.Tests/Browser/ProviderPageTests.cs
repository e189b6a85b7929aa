using MarketData.Web.Tests.Fakes;
using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>One provider: what it was asked lately, whom it failed, and what an operator can do about it.</summary>
public sealed class ProviderPageTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    [Theory]
    [InlineData(1440, false)]
    [InlineData(390, true)]
    public async Task It_shows_what_was_asked_and_what_came_of_it(int width, bool dark)
    {
        dashboard.Api.World = new FakeWorld();
        await using var page = await dashboard.OpenAsync("resilience", width, dark: dark);
        await page.FollowAsync(page.Page.GetByRole(AriaRole.Link, new() { Name = "Polygon (Massive)" }).First, "Polygon (Massive)");
        await page.ListensAsync();

        await Assertions.Expect(page.Page.Locator(".figure", new() { HasText = "Failed" }).First).ToContainTextAsync("24");
        await Assertions.Expect(page.Page.Locator(".chart[data-drawn]")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Img, new() { NameRegex = new("3 changes of circuits") })).ToBeVisibleAsync();
        var affected = page.Page.GetByRole(AriaRole.Region, new() { Name = "List of affected symbols" });
        await Assertions.Expect(affected.GetByRole(AriaRole.Row, new() { Name = "MSFT" })).ToContainTextAsync("Yahoo");
        await Assertions.Expect(affected.GetByRole(AriaRole.Row, new() { Name = "JNJ" })).ToContainTextAsync("not asked");
        var requests = page.Page.GetByRole(AriaRole.Region, new() { Name = "List of requests" }).Locator("tbody tr");
        await Assertions.Expect(requests).ToHaveCountAsync(25);
        await Assertions.Expect(requests.Nth(0)).ToContainTextAsync("apiKey=***");
        await Assertions.Expect(requests.Nth(0)).ToContainTextAsync("48.2 KB");
        await Assertions.Expect(requests.Nth(3)).ToContainTextAsync("timed out");
        (await page.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue();
        await page.ShouldBeSoundAsync();

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Failed", Exact = true }).PressAsync("Enter");
        await Assertions.Expect(requests).ToHaveCountAsync(9);
        await Assertions.Expect(requests.Nth(0)).ToContainTextAsync("503 failed");
        page.Page.Url.ShouldEndWith("providers/polygon?requests=failed");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "1h", Exact = true }).PressAsync("Enter");
        await Assertions.Expect(page.Page.GetByText("last hour, per 15 minutes", new() { Exact = false })).ToBeVisibleAsync();
        await Assertions.Expect(requests).ToHaveCountAsync(9);
    }

    [Fact]
    public async Task It_is_probed_shut_off_and_restored_by_keyboard_and_everybody_sees_it()
    {
        dashboard.Api.World = new FakeWorld();
        await using var page = await dashboard.OpenAsync("providers/polygon");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Probe now" }).PressAsync("Enter");
        await Assertions.Expect(page.Page.Locator(".banner-probe")).ToContainTextAsync("Polygon (Massive) does not accept the key. Set Providers:Polygon:ApiKey to a valid key.");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Shut off" }).PressAsync("Enter");
        var dialog = page.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Textbox).FillAsync("wrong prices since noon");
        await page.ShouldBeSoundAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Shut off" }).PressAsync("Enter");

        await Assertions.Expect(page.Page.Locator(".banner-lost")).ToContainTextAsync("Shut off by Night operator: wrong prices since noon.");
        await page.ShouldBeSoundAsync();
        dashboard.Api.Actions.ShouldContain(action => action.StartsWith("POST /api/v1/providers/polygon/isolate {\"reason\":\"wrong prices since noon\"}", StringComparison.Ordinal));
        await page.GoAsync("resilience");
        await Assertions.Expect(page.Page.Locator("#polygon")).ToContainTextAsync("Shut off by Night operator: wrong prices since noon.");
        await page.GoAsync("providers/polygon");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Restore" }).PressAsync("Enter");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Shut off" })).ToBeVisibleAsync();
        await Assertions.Expect(page.Page.Locator(".banner-lost")).ToHaveCountAsync(0);

        // A circuit that opened by itself is closed before its time.
        var circuits = dashboard.Api.World.Circuits;
        circuits[circuits.FindIndex(circuit => circuit.Provider == "yahoo")] = circuits.Find(circuit => circuit.Provider == "yahoo")! with { CircuitState = "open" };
        await page.GoAsync("providers/yahoo");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Close its circuit" }).PressAsync("Enter");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Close its circuit" })).ToHaveCountAsync(0);
        dashboard.Api.Actions.ShouldContain(action => action.StartsWith("POST /api/v1/providers/yahoo/restore", StringComparison.Ordinal));

        await page.GoAsync("providers/nobody");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("There is no provider of this name.");
    }

    [Fact]
    public async Task Who_may_only_read_has_nothing_to_steer_with()
    {
        dashboard.Api.World = new FakeWorld();
        dashboard.Api.KeyScopes = new() { [""] = ["read"] };
        try
        {
            await using var page = await dashboard.OpenAsync("providers/polygon");
            await Assertions.Expect(page.Page.GetByRole(AriaRole.Region, new() { Name = "List of requests" })).ToBeVisibleAsync();
            await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Shut off" })).ToHaveCountAsync(0);
            await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Probe now" })).ToHaveCountAsync(0);
        }
        finally
        {
            dashboard.Api.KeyScopes = null;
        }
    }

    [Fact]
    public async Task The_figures_of_a_node_stand_in_one_row()
    {
        dashboard.Api.World = new FakeWorld();
        await using var page = await dashboard.OpenAsync("providers/polygon", 1024);
        var tops = await page.Page.Locator(".node-facts > div").EvaluateAllAsync<double[]>("parts => parts.map(part => part.getBoundingClientRect().top)");
        tops.Length.ShouldBe(5);
        tops.Distinct().Count().ShouldBe(1);
    }
}
