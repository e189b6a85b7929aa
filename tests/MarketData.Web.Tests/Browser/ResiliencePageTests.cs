using System.Text.RegularExpressions;
using MarketData.Testing;
using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>Circuits, tokens and bulkheads as they move.</summary>
public sealed class ResiliencePageTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    [Fact]
    public async Task A_circuit_that_opens_shows_at_once_with_its_reason_and_the_time_to_the_next_probe()
    {
        await using var page = await dashboard.OpenAsync("resilience");
        var node = page.Page.GetByRole(AriaRole.Article, new() { Name = "Binance on node-a" });
        await Assertions.Expect(node.Locator(".circuit-word")).ToHaveTextAsync("Circuit closed");
        await Assertions.Expect(node.GetByRole(AriaRole.Meter, new() { Name = "Tokens" })).ToHaveAttributeAsync("aria-valuenow", "96.5");
        await Eventually.BecomesAsync(() => Task.FromResult(dashboard.Api.Listeners > 0), TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        dashboard.Api.World.OpenCircuit("binance");
        dashboard.Api.Publish("circuit", new { provider = "binance", node = "node-a", from = "closed", to = "open" });

        await Assertions.Expect(node.Locator(".circuit-word")).ToHaveTextAsync("Circuit open");
        await Assertions.Expect(node.Locator(".circuit")).ToContainTextAsync(new Regex(@"next probe.*in \d+ s", RegexOptions.Singleline));
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Row, new() { Name = "Binance" })).ToContainTextAsync("5 failures in a row: HTTP 503");
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Who_is_turned_away_sees_until_when_and_why()
    {
        await using var page = await dashboard.OpenAsync("resilience");
        var circuits = dashboard.Api.World.Circuits;
        circuits[2] = circuits[2] with
        {
            RateLimit = circuits[2].RateLimit with { BlockedUntil = DateTimeOffset.UtcNow.AddMinutes(4), Refusal = "refuses this client: HTTP 429" },
        };

        var node = page.Page.GetByRole(AriaRole.Article, new() { Name = "Yahoo on node-a" });
        await Assertions.Expect(node.Locator(".circuit")).ToContainTextAsync(new Regex(@"not asked before.*in \d+ min.*it refuses this client: HTTP 429", RegexOptions.Singleline));
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Tokens_move_without_an_event()
    {
        await using var page = await dashboard.OpenAsync("resilience");
        var circuits = dashboard.Api.World.Circuits;
        circuits[2] = circuits[2] with { RateLimit = circuits[2].RateLimit with { Available = 12.25, RejectionsTotal = 7 } };

        var node = page.Page.GetByRole(AriaRole.Article, new() { Name = "Yahoo on node-a" });
        await Assertions.Expect(node.GetByRole(AriaRole.Meter, new() { Name = "Tokens" })).ToHaveAttributeAsync("aria-valuenow", "12.25");
        await Assertions.Expect(node.Locator(".gauge-facts").First).ToContainTextAsync("7");
    }

    [Fact]
    public async Task What_does_not_work_here_is_told_with_what_helps_and_looked_at_again_on_request()
    {
        dashboard.Api.World.ProviderCheck = new(
            "node-a", DateTimeOffset.UtcNow.AddHours(-1),
            [
                new("yahoo", "refuses_client", false, true, "turns this client away: HTTP 429", "Enable an official provider.", null, null),
                new("polygon", "needs_key", false, false, "was not asked, since it wants a key.", "Get a key.", null, null),
            ]);
        await using var page = await dashboard.OpenAsync("");
        var banner = page.Page.Locator(".banner").Filter(new() { HasText = "Yahoo: refuses client" });
        await Assertions.Expect(banner).Not.ToContainTextAsync("Polygon");
        await banner.GetByRole(AriaRole.Link, new() { Name = "What helps" }).ClickAsync();

        var panel = page.Page.GetByRole(AriaRole.Region, new() { Name = "What works here", Exact = true });
        await Assertions.Expect(panel.GetByRole(AriaRole.Row, new() { Name = "Yahoo" })).ToContainTextAsync("Enable an official provider.");
        await Assertions.Expect(panel.GetByRole(AriaRole.Row, new() { Name = "Polygon" })).ToContainTextAsync("needs key");
        await page.ShouldBeSoundAsync();

        await panel.GetByRole(AriaRole.Button, new() { Name = "Check providers" }).ClickAsync();
        await Assertions.Expect(panel.GetByRole(AriaRole.Row, new() { Name = "Yahoo" })).ToContainTextAsync("gives candles.");
        await Assertions.Expect(panel).ToContainTextAsync("node-a");
    }
}
