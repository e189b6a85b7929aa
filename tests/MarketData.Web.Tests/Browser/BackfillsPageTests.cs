using MarketData.Web.Tests.Fakes;
using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>A backfill is planned with its cost, begun, followed by interval and month, resumed and cancelled, by keyboard and on a phone.</summary>
public sealed class BackfillsPageTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    [Fact]
    public async Task Ten_years_are_planned_by_keyboard_and_begin_after_their_cost_is_seen()
    {
        await using var page = await dashboard.OpenAsync("jobs");
        var keyboard = page.Page.Keyboard;
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Backfills" }).PressAsync("Enter");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Backfill…" }).PressAsync("Enter");
        var dialog = await page.DialogAsync();
        var start = dialog.GetByRole(AriaRole.Button, new() { Name = "Start backfill" });
        await Assertions.Expect(start).ToBeDisabledAsync();
        await dialog.GetByLabel("Symbols").PressSequentiallyAsync("aap");
        await Assertions.Expect(page.Page.Locator(".mud-popover-open .mud-list-item", new() { HasText = "AAPL" })).ToBeVisibleAsync();
        await keyboard.PressAsync("Tab");
        await Assertions.Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Remove AAPL" })).ToBeVisibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "5m", Exact = true }).PressAsync("Enter");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "10 years", Exact = true }).PressAsync("Enter");

        var cost = dialog.Locator(".backfill-cost");
        await Assertions.Expect(cost).ToContainTextAsync("About 1,234 requests and 2 h 10 min for 1.26M candles of 3 series. Yahoo sets the pace: it may be asked 30 times a minute.");
        await Assertions.Expect(cost).ToContainTextAsync("6 for splits, dividends and names, and 4 that ask a second provider about some of the days");
        await Assertions.Expect(cost).ToContainTextAsync("5m: of 1 series no provider serves anything before");
        await Assertions.Expect(cost).ToContainTextAsync("1d: of 1 series nothing of this range can be had.");
        await Assertions.Expect(cost).ToContainTextAsync("Polygon (Massive): 4 requests, 100 a minute allowed, but its circuit is open");
        await page.ShouldBeSoundAsync();
        dashboard.Api.Actions.ShouldNotContain(action => action.StartsWith("POST /api/v1/enrichment/backfills {", StringComparison.Ordinal));
        await start.PressAsync("Enter");

        await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Backfill of AAPL, MSFT and 2 more");
        var first = DateTime.UtcNow.Date.AddYears(-10);
        dashboard.Api.Actions.ShouldContain(action => action.StartsWith(
            $$"""POST /api/v1/enrichment/backfills {"symbols":["AAPL"],"timeframes":["5m"],"from":"{{first:yyyy-MM-dd}}T00:00:00""", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dates_are_typed_and_what_is_wrong_with_them_is_said()
    {
        dashboard.Api.Backfills.HasNode = true;
        await using var page = await dashboard.OpenAsync("jobs/backfills", width: 390, height: 844, dark: true);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Backfill…" }).ClickAsync();
        var dialog = await page.DialogAsync();
        await dialog.GetByLabel("Last day").FillAsync("2020-06-30");
        await dialog.GetByLabel("First day").FillAsync("2021-02-01");
        await dialog.GetByLabel("First day").PressAsync("Tab");
        await Assertions.Expect(dialog).ToContainTextAsync("'from' must lie before 'to'.");
        await dialog.GetByLabel("First day").FillAsync("2010-02-01");
        await dialog.GetByLabel("First day").PressAsync("Tab");
        await Assertions.Expect(dialog.Locator(".backfill-total")).ToBeVisibleAsync();
        (await dialog.Locator(".mud-dialog-content").EvaluateAsync<int>("content => content.scrollWidth - content.clientWidth")).ShouldBeLessThanOrEqualTo(0);
        await page.ShouldBeSoundAsync();

        // An interval that is not followed is followed only when that is wanted.
        await dialog.GetByRole(AriaRole.Button, new() { Name = "4h", Exact = true }).ClickAsync();
        await Assertions.Expect(dialog).ToContainTextAsync("AAPL does not track 4h, but 1d.");
        await dialog.GetByLabel("Keep these intervals up to date from now on").CheckAsync();
        await Assertions.Expect(dialog.Locator(".backfill-total")).ToBeVisibleAsync();
        dashboard.Api.Actions.ShouldContain(action => action.Contains(
            """/backfills/plan {"timeframes":["4h"],"track":true,"from":"2010-02-01T00:00:00+00:00","to":"2020-07-01T00:00:00+00:00"}""", StringComparison.Ordinal));

        // Nobody can estimate without a node, and it may begin all the same.
        dashboard.Api.Backfills.HasNode = false;
        await dialog.GetByRole(AriaRole.Button, new() { Name = "1 year", Exact = true }).ClickAsync();
        await Assertions.Expect(dialog.Locator(".backfill-cost")).ToContainTextAsync("No enrichment node is live");
        await Assertions.Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Start backfill" })).ToBeEnabledAsync();
        dashboard.Api.Backfills.HasNode = true;
    }

    [Fact]
    public async Task Progress_is_seen_by_month_and_what_failed_is_resumed_and_cancelled()
    {
        await using var page = await dashboard.OpenAsync("jobs/backfills", width: 390, height: 844);
        await Assertions.Expect(page.Page.Locator("tbody tr").First).ToContainTextAsync("2016-11-01 – 2026-10-31");
        await page.ShouldBeSoundAsync();
        await page.FollowAsync(page.Page.GetByRole(AriaRole.Link, new() { Name = "AAPL, MSFT and 2 more" }), "Backfill of AAPL");

        await Assertions.Expect(page.Page.GetByText("Asked for by Night operator on")).ToBeVisibleAsync();
        // What it was said to cost stands beside what it took, for each provider that was to be asked or was.
        var account = page.Page.GetByRole(AriaRole.Region, new() { Name = "Planned and taken" }).GetByRole(AriaRole.Row);
        await Assertions.Expect(account).ToContainTextAsync(
            ["CostPlannedTaken", "Time at work2 h 10 min2 h 00 min", "Requests 1,234 1,502", "Yahoo1,2301,490", "Polygon (Massive)40", "Coinbase012"]);
        var minutes = page.Page.GetByRole(AriaRole.Region, new() { Name = "Months of 5m" });
        await Assertions.Expect(minutes.GetByRole(AriaRole.Cell, new() { Name = "November 2016: nothing to fetch" })).ToHaveCountAsync(1);
        await Assertions.Expect(minutes.GetByRole(AriaRole.Cell, new() { Name = "October 2020: 4 of 4 series stored", Exact = true })).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("✓"));
        await Assertions.Expect(minutes.GetByRole(AriaRole.Cell, new() { Name = "November 2020: 3 of 4 series stored, 1 failed" })).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("✗"));
        var failed = page.Page.GetByRole(AriaRole.Region, new() { Name = "Failed parts" });
        // One sentence a cause; the raw text is folded away.
        await Assertions.Expect(failed.Locator(".failed-cause")).ToHaveCountAsync(2);
        await Assertions.Expect(failed.GetByText("polygon: HTTP 500 from /v2/aggs")).ToBeHiddenAsync();
        await Assertions.Expect(failed.GetByRole(AriaRole.Link, new() { Name = "MSFT 5m from 2020-11-01" })).ToHaveAttributeAsync("href", "job/9000");
        await page.ShouldBeSoundAsync();

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Resume", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Page.Locator(".mud-snackbar")).ToContainTextAsync("The backfill goes on: 2 symbols queued.");
        await Assertions.Expect(page.Page.Locator(".page-title .badge")).ToHaveTextAsync("Running");
        await Assertions.Expect(failed).ToHaveCountAsync(0);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel backfill" }).ClickAsync();
        await (await page.DialogAsync()).GetByRole(AriaRole.Button, new() { Name = "Cancel the backfill" }).ClickAsync();
        await Assertions.Expect(page.Page.Locator(".page-title .badge")).ToHaveTextAsync("Cancelled");
        dashboard.Api.Actions.ShouldContain($"DELETE /api/v1/enrichment/backfills/{FakeBackfills.Known}");
    }
}
