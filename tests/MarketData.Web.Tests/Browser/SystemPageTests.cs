using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>The system under everything, and its keys.</summary>
public sealed class SystemPageTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    [Fact]
    public async Task Services_database_nodes_and_the_tools_that_are_configured_are_there()
    {
        await using var page = await dashboard.OpenAsync("system");

        await Assertions.Expect(page.Page.GetByText("PostgreSQL 15.14")).ToBeVisibleAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Row, new() { Name = "node-b" })).ToContainTextAsync("No sign of life");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Link, new() { Name = "API reference" })).ToHaveAttributeAsync("href", "/scalar");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Link, new() { Name = "Grafana" })).ToHaveAttributeAsync("href", "http://localhost:3000/");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Link, new() { Name = "Prometheus" })).ToHaveCountAsync(0);
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_new_key_is_shown_once_and_an_old_one_revoked_for_good()
    {
        await using var page = await dashboard.OpenAsync("keys");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "New key…" }).ClickAsync();
        await page.DialogAsync();
        await page.Page.GetByLabel("What it is for").FillAsync("A robot");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Read and run enrichment" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Make the key" }).ClickAsync();
        await Assertions.Expect(page.Page.Locator(".secret code")).ToHaveTextAsync("mdk_new1_0123456789abcdefghijklmnopqrstuvwxyz");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "I have copied it" }).ClickAsync();

        await Assertions.Expect(page.Page.Locator(".secret")).ToHaveCountAsync(0);
        dashboard.Api.Actions.ShouldContain(action => action.Contains("""{"name":"A robot","scopes":["read","enrich"]""", StringComparison.Ordinal));
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke A robot" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke", Exact = true }).ClickAsync();

        await Assertions.Expect(page.Page.GetByRole(AriaRole.Row, new() { Name = "A robot" })).ToContainTextAsync("Revoked");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Audit of Night operator" }).ClickAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("POST /api/v1/enrichment/trigger");
    }
}
