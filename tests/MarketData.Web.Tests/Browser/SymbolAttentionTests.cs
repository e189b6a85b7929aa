using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>What needs somebody's look is shown on the symbol's page, and decided there.</summary>
public sealed class SymbolAttentionTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    private static readonly DateOnly Day = new(2022, 6, 9);

    [Fact]
    public async Task A_history_is_cut_where_the_ticker_may_have_been_anothers()
    {
        LookAt("MSFT", "possible_ticker_reuse");
        await using var page = await dashboard.OpenAsync("symbols/MSFT");
        var notice = page.Page.GetByRole(AriaRole.Region, new() { Name = "another company's ticker before?" });
        await Assertions.Expect(notice).ToContainTextAsync("Cut it, or not.");
        await notice.GetByRole(AriaRole.Button, new() { Name = "Cut the history…" }).ClickAsync();
        var dialog = await page.DialogAsync();
        await Assertions.Expect(dialog.GetByLabel("The first day that stays")).ToHaveValueAsync("2022-06-09");
        await page.ShouldBeSoundAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cut", Exact = true }).ClickAsync();

        await Assertions.Expect(page.Page.Locator(".mud-snackbar").First).ToContainTextAsync("1,204 candles of MSFT deleted.");
        await Assertions.Expect(notice).ToHaveCountAsync(0);
        dashboard.Api.Actions.ShouldContain("POST /api/v1/admin/symbols/MSFT/history-cuts {\"before\":\"2022-06-09\"}");
    }

    [Fact]
    public async Task What_the_symbol_was_called_before_is_entered_and_those_days_are_fetched_under_that_name()
    {
        LookAt("AAPL", "possible_ticker_reuse");
        await using var page = await dashboard.OpenAsync("symbols/AAPL");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Another name before…" }).ClickAsync();
        var dialog = await page.DialogAsync();
        await Assertions.Expect(dialog.GetByLabel("Last day")).ToHaveValueAsync("2022-06-08");
        await dialog.GetByLabel("Calls it").FillAsync("FB");
        await dialog.GetByLabel("First day").FillAsync("2022-07-01");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await Assertions.Expect(dialog).ToContainTextAsync("must not lie after 'valid_to'");
        await dialog.GetByLabel("First day").FillAsync("2012-05-18");
        await page.ShouldBeSoundAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();

        var backfill = page.Page.GetByRole(AriaRole.Button, new() { Name = "Start backfill" });
        await backfill.ClickAsync();
        await Assertions.Expect(page.Page.Locator(".mud-dialog")).ToHaveCountAsync(0);
        dashboard.Api.Actions.ShouldContain(action => action.Contains("/aliases") && action.Contains("\"provider_symbol\":\"FB\",\"valid_from\":\"2012-05-18\",\"valid_to\":\"2022-06-08\""));
        dashboard.Api.Actions.ShouldContain(action => action.Contains("/backfills {") && action.Contains("2012-05-18T00:00:00") && action.Contains("2022-06-09T00:00:00"));
    }

    [Fact]
    public async Task Prices_that_are_right_are_acknowledged()
    {
        LookAt("NVDA", "unit_shift");
        await using var page = await dashboard.OpenAsync("symbols/NVDA");
        var notice = page.Page.GetByRole(AriaRole.Region, new() { Name = "prices in another unit" });
        await notice.GetByRole(AriaRole.Button, new() { Name = "They are right" }).ClickAsync();
        await (await page.DialogAsync()).GetByRole(AriaRole.Button, new() { Name = "They are right" }).ClickAsync();

        await Assertions.Expect(notice).ToHaveCountAsync(0);
        dashboard.Api.Actions.ShouldContain("POST /api/v1/admin/symbols/NVDA/acknowledgements {\"kind\":\"unit_shift\"}");
    }

    [Fact]
    public async Task A_name_is_added_ended_and_removed()
    {
        await using var page = await dashboard.OpenAsync("symbols/AAPL");
        var names = page.Page.GetByRole(AriaRole.Region, new() { Name = "What providers call it" });
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Add name…" }).ClickAsync();
        var dialog = await page.DialogAsync();
        await dialog.GetByLabel("Calls it").FillAsync("APC.DE");
        await dialog.GetByLabel("First day").FillAsync("2020-01-02");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        var row = names.GetByRole(AriaRole.Row, new() { Name = "APC.DE" });
        await Assertions.Expect(row).ToContainTextAsync("today");

        await row.GetByRole(AriaRole.Button, new() { Name = "Change…" }).ClickAsync();
        dialog = await page.DialogAsync();
        await dialog.GetByLabel("Last day").FillAsync("2020-12-31");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("2020-12-31");

        await row.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Assertions.Expect(row).ToHaveCountAsync(0);
        await Assertions.Expect(names.GetByRole(AriaRole.Row, new() { Name = "APPL" })).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task The_overview_names_the_symbols_with_what_to_do()
    {
        LookAt("JPM", "unit_shift");
        await using var page = await dashboard.OpenAsync("");
        var item = page.Page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Prices of JPM are in another unit on some days." });
        await Assertions.Expect(item).ToContainTextAsync("Cut it, or not.");
        await item.GetByRole(AriaRole.Link, new() { Name = "JPM", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Region, new() { Name = "prices in another unit" })).ToHaveCountAsync(1);
        await page.ShouldBeSoundAsync();
    }

    private void LookAt(string symbol, string kind) =>
        dashboard.Api.World.ToLookAt.Add(new(kind, symbol, dashboard.Api.World.Now.AddDays(-1), "The price is odd.", "Cut it, or not.", 1, Day, $"/dashboard/symbols/{symbol}"));
}
