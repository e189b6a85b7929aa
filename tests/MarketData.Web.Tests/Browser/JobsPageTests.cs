using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>Queue, history, a run, a job, and what an operator does with them.</summary>
public sealed class JobsPageTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    [Fact]
    public async Task The_queue_lists_what_runs_first_then_what_is_tried_again_then_what_waits()
    {
        await using var page = await dashboard.OpenAsync("jobs");

        var states = page.Page.Locator("tbody .badge");
        await Assertions.Expect(states).ToHaveTextAsync(
            ["Running", "Running", "Running", "Retrying", "Retrying", "Queued", "Queued", "Queued", "Queued"]);
        await Assertions.Expect(page.Page.Locator("tbody tr").Nth(3)).ToContainTextAsync("again");
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_job_that_begins_while_the_queue_is_read_is_listed_once_as_running()
    {
        await using var page = await dashboard.OpenAsync("jobs");
        var jobs = dashboard.Api.World.Jobs;
        var begun = jobs.First(job => job.Status == "queued") with { Status = "running" };
        jobs.Add(begun);
        try
        {
            dashboard.Api.Publish("job", new { id = begun.Id, job_id = begun.JobId, symbol = begun.Symbol, status = begun.Status });

            var row = page.Page.Locator("tbody tr", new() { Has = page.Page.GetByRole(AriaRole.Link, new() { Name = begun.Symbol, Exact = true }) });
            await Assertions.Expect(row.Locator(".badge")).ToHaveTextAsync(["Running"]);
            page.Complaints.ShouldBeEmpty();
        }
        finally
        {
            jobs.Remove(begun);
        }
    }

    [Fact]
    public async Task Filters_are_in_the_address_and_asked_of_the_Api()
    {
        await using var page = await dashboard.OpenAsync("jobs?view=history");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Failed", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Page.Locator("tbody .badge").First).ToHaveTextAsync("Failed");
        await page.Page.GetByLabel("Symbol", new() { Exact = true }).FillAsync("iwm");

        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("status=failed&symbol=IWM"));
        await Assertions.Expect(page.Page.Locator("tbody a.strong")).ToHaveTextAsync(["IWM"]);
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Clear" }).ClickAsync();
        await Assertions.Expect(page.Page.GetByText("120 match")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_run_shows_each_symbol_its_attempts_and_their_steps()
    {
        await using var page = await dashboard.OpenAsync("jobs?view=runs");
        await page.Page.Locator("tbody a.strong").First.ClickAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Nightly run");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Attempts and steps of AAPL" }).ClickAsync();

        var second = page.Page.Locator(".attempts > li").Nth(1);
        await Assertions.Expect(second.Locator(".steps li")).ToHaveTextAsync(
            [Pattern("fetch.*1d.*84 ms"), Pattern("validate"), Pattern("compute"), Pattern("score"), Pattern("store.*13 ms")]);
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Retrying_the_failed_asks_first_and_says_what_came_of_it()
    {
        await using var page = await dashboard.OpenAsync("jobs");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Retry all failed (1)" }).ClickAsync();
        dashboard.Api.Actions.ShouldNotContain(action => action.Contains("retry-failed", StringComparison.Ordinal));

        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();

        await Assertions.Expect(page.Page.Locator(".mud-snackbar")).ToContainTextAsync("1 symbol queued");
        dashboard.Api.Actions.ShouldContain(action => action.StartsWith("POST /api/v1/enrichment/retry-failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pause_asks_first_and_resume_follows()
    {
        await using var page = await dashboard.OpenAsync("jobs");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Resume" })).ToBeVisibleAsync();

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();

        await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" })).ToBeVisibleAsync();
        dashboard.Api.Actions.ShouldContain(action => action.StartsWith("POST /api/v1/enrichment/resume", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Chosen_symbols_and_intervals_reach_the_Api()
    {
        await using var page = await dashboard.OpenAsync("jobs");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Run…" }).ClickAsync();
        var dialog = await page.DialogAsync();
        await dialog.GetByLabel("Symbols").FillAsync("nvd");
        await page.Page.Locator(".mud-popover-open .mud-list-item", new() { HasText = "NVDA" }).ClickAsync();
        await Assertions.Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Remove NVDA" })).ToBeVisibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "1h", Exact = true }).ClickAsync();

        await dialog.GetByRole(AriaRole.Button, new() { Name = "Run 1 symbol" }).ClickAsync();

        await Assertions.Expect(page.Page.Locator(".mud-snackbar")).ToContainTextAsync("2 symbols queued");
        dashboard.Api.Actions.ShouldContain(action => action.Contains("""/trigger {"symbols":["NVDA"],"timeframes":["1h"]}""", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_keyboard_alone_reaches_the_content_and_leaves_a_dialog()
    {
        await using var page = await dashboard.OpenAsync("jobs");
        await page.Page.Locator(".skip-link").FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Page.Locator("#content")).ToBeFocusedAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Run…" }).FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await page.ShouldBeSoundAsync();

        await page.Page.Keyboard.PressAsync("Escape");

        await Assertions.Expect(page.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
    }

    private static Regex Pattern(string text) => new(text, RegexOptions.Singleline);
}
