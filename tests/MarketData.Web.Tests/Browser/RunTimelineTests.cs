using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>A run over time, what a person does with it, a job's log, and the calendar that leads to each night.</summary>
public sealed class RunTimelineTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    private static readonly Regex AnyText = new(".+");

    [Fact]
    public async Task A_run_shows_what_was_asked_and_each_symbol_over_time_and_is_zoomed_by_keyboard()
    {
        await using var page = await dashboard.OpenAsync($"jobs/{dashboard.Api.World.Runs[0].JobId}");
        var tab = page.Page;
        await Assertions.Expect(tab.Locator(".asked dd")).ToHaveTextAsync(["AAPL, AMZN, BRK.B, BTC-USD, ETH-USD, GOOGL and 14 more", "1d, 1h", "from what is stored to now"]);
        await Assertions.Expect(tab.Locator(".tl-row")).ToHaveCountAsync(20);
        var row = Row(tab, "NVDA");
        await Assertions.Expect(row.Locator(".tl-attempt")).ToHaveCountAsync(3);
        await Assertions.Expect(row.Locator(".tl-call.tone-bad")).ToHaveCountAsync(3);
        await Assertions.Expect(row.Locator(".tl-wait").Last).ToHaveAttributeAsync("title", "Waits for the next attempt");
        await Assertions.Expect(Row(tab, "AAPL").Locator(".tl-fetch").First).ToHaveAttributeAsync("title", "fetch 1d: 700 ms, 252 candles of polygon");
        (await Row(tab, "AAPL").Locator(".tl-track").GetAttributeAsync("aria-label")).ShouldNotBeNull().ShouldContain("1 provider call.");
        await Assertions.Expect(tab.Locator(".tl-axis span").First).ToHaveTextAsync(AnyText);

        var chart = tab.Locator("run-timeline");
        var whole = await SpanAsync(chart);
        await chart.FocusAsync();
        await tab.Keyboard.PressAsync("+");
        (await SpanAsync(chart)).ShouldBe(whole / 2, whole * 0.05);
        await tab.Keyboard.PressAsync("ArrowRight");
        (await FromAsync(chart)).ShouldBeGreaterThan(whole * 0.3);
        await tab.Keyboard.PressAsync("Home");
        (await FromAsync(chart)).ShouldBe(0);

        await tab.GetByRole(AriaRole.Button, new() { Name = "Attempts and steps of AAPL" }).FocusAsync();
        await tab.Keyboard.PressAsync("Enter");
        await Assertions.Expect(tab.Locator(".tl-detail .attempts > li")).ToHaveCountAsync(2);
        await page.ShouldBeSoundAsync();

        await tab.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Failed") }).ClickAsync();
        await Assertions.Expect(tab.Locator(".tl-row")).ToHaveCountAsync(1);
        await tab.GetByRole(AriaRole.Link, new() { Name = "Table", Exact = true }).ClickAsync();
        await Assertions.Expect(tab.Locator("tbody .badge")).ToHaveTextAsync(["Failed"]);
    }

    [Fact]
    public async Task One_symbol_is_cancelled_on_a_phone_and_in_the_dark()
    {
        await using var page = await dashboard.OpenAsync($"jobs/{dashboard.Api.World.Runs[0].JobId}", width: 390, height: 844, dark: true);
        var tab = page.Page;
        await tab.GetByRole(AriaRole.Button, new() { Name = "Cancel MSFT" }).ClickAsync();
        var dialog = await page.DialogAsync();
        await Assertions.Expect(dialog).ToContainTextAsync("is stopped within seconds");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel MSFT" }).ClickAsync();

        await Assertions.Expect(Row(tab, "MSFT")).ToContainTextAsync("is being stopped");
        dashboard.Api.Actions.ShouldContain("DELETE /api/v1/enrichment/jobs/9999");
        await Assertions.Expect(tab.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task What_failed_is_grouped_by_cause_and_a_group_is_repeated_with_one_click()
    {
        var world = dashboard.Api.World;
        var run = world.Runs[3];
        foreach (var (index, symbol) in new[] { "SPY", "QQQ", "TSLA" }.Index())
        {
            var at = world.Jobs.FindIndex(job => job.JobId == run.JobId && job.Symbol == symbol);
            world.Jobs[at] = world.Jobs[at] with
            {
                Status = "failed",
                ErrorMessage = symbol == "TSLA" ? "1d: polygon: does not know this." : $"1d, 1h: polygon: answered 500 to {index + 2} requests for {symbol}.",
            };
        }

        await using var page = await dashboard.OpenAsync($"jobs/{run.JobId}");
        var groups = page.Page.Locator(".failure-groups > li");
        await Assertions.Expect(groups.First).ToContainTextAsync("2 symbols: polygon: answered 500 to 3 requests for QQQ.");
        await Assertions.Expect(groups.First.Locator(".failure-symbols a")).ToHaveTextAsync(["QQQ", "SPY"]);

        await groups.First.GetByRole(AriaRole.Button, new() { Name = "Run these 2 again" }).ClickAsync();

        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex($"jobs/{world.Runs[0].JobId}$"));
        dashboard.Api.Actions.ShouldContain($"POST /api/v1/enrichment/retry-failed?job_id={run.JobId}&symbols=QQQ%2CSPY");
    }

    [Fact]
    public async Task A_job_shows_its_own_timeline_and_its_log_by_level()
    {
        await using var page = await dashboard.OpenAsync("job/9997");
        var lines = page.Page.Locator(".log li");
        await Assertions.Expect(lines).ToHaveCountAsync(3);
        await Assertions.Expect(lines.Nth(1)).ToContainTextAsync("HttpRequestException: HTTP 503");
        await Assertions.Expect(page.Page.Locator(".tl-row")).ToHaveCountAsync(1);
        await page.ShouldBeSoundAsync();

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Warnings and errors" }).ClickAsync();

        await Assertions.Expect(lines).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_calendar_leads_to_each_night_and_from_there_to_its_day()
    {
        var night = dashboard.Api.World.Runs.First(run => run.SymbolsFailed == 1);
        var day = DateOnly.FromDateTime(night.CreatedAt.UtcDateTime);
        await using var page = await dashboard.OpenAsync("jobs?view=runs");
        var cell = page.Page.Locator(".month a", new() { HasText = $"{day.Day}" }).And(page.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex($"{day:d MMMM}: nightly run partial") }));
        await page.ShouldBeSoundAsync();
        await cell.FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex($"jobs/{night.JobId}$"));

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "All runs of that day" }).ClickAsync();

        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex($"day={day:yyyy-MM-dd}$"));
        await Assertions.Expect(page.Page.Locator(".month a[aria-current]")).ToHaveCountAsync(1);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Earlier months" }).ClickAsync();
        await Assertions.Expect(page.Page.Locator(".month a")).ToHaveCountAsync(0);
    }

    private static ILocator Row(IPage page, string symbol) =>
        page.Locator(".tl-row", new() { Has = page.GetByRole(AriaRole.Link, new() { Name = symbol, Exact = true }) });

    private static Task<double> SpanAsync(ILocator chart) => NumberAsync(chart, "--span");

    private static Task<double> FromAsync(ILocator chart) => NumberAsync(chart, "--from");

    private static Task<double> NumberAsync(ILocator chart, string name) =>
        chart.EvaluateAsync<double>("(chart, name) => Number(chart.style.getPropertyValue(name))", name);
}
