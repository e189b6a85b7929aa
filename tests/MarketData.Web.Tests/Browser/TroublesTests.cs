using MarketData.Web.Tests.Fakes;
using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>Each kind of trouble says so in the verdict, in the tiles and in the progress, once for each cause, and leads to its runbook.</summary>
public sealed class TroublesTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    [Theory]
    [InlineData(1440, false)]
    [InlineData(390, true)]
    public async Task A_provider_in_trouble_says_who_waits_and_its_runbook_is_a_click_away(int width, bool dark)
    {
        var world = new FakeWorld();
        world.Troubles.Add(FakeTroubles.Of("provider", "bad", "Polygon answered 500 to 6 of 7 requests.", "circuit-open") with
        {
            Effect = "15 symbols wait for it. Yahoo filled in for 12 symbols in the last 24 hours.",
            WhatToDo = "Wait: it is asked again by itself.",
            Provider = "polygon",
            NextTryAt = DateTimeOffset.UtcNow.AddMinutes(5),
            SymbolCount = 15,
            Symbols = [.. Enumerable.Range(0, 15).Select(i => $"SYM{i}")],
            TraceId = Trace,
            Raw = "1d: polygon: is in trouble: HTTP 500",
        });
        world.Symbols.RemoveAll(symbol => symbol.Status == "error");
        dashboard.Api.World = world;
        await using var page = await dashboard.OpenAsync("", width, dark: dark);
        await Assertions.Expect(page.Page.Locator(".verdict-line")).ToHaveTextAsync(
            "Polygon answered 500 to 6 of 7 requests. 15 symbols wait for it. Yahoo filled in for 12 symbols in the last 24 hours.");
        var item = page.Page.Locator(".attention > li", new() { HasText = "Polygon answered 500 to 6 of 7 requests." });
        await Assertions.Expect(item).ToHaveCountAsync(1);
        await Assertions.Expect(item).ToContainTextAsync("15 symbols wait for it. Yahoo filled in for 12 symbols in the last 24 hours.");
        await Assertions.Expect(item).ToContainTextAsync("Next try");
        await Assertions.Expect(item.GetByText("HTTP 500")).ToBeHiddenAsync();
        await item.GetByText("15 symbols", new() { Exact = true }).PressAsync("Enter");
        await Assertions.Expect(item.GetByRole(AriaRole.Link, new() { Name = "SYM14" })).ToBeVisibleAsync();
        await item.GetByText("Word for word").PressAsync("Enter");
        await Assertions.Expect(item.GetByText("HTTP 500")).ToBeVisibleAsync();

        await page.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await item.GetByRole(AriaRole.Button, new() { Name = "Copy the trace id" }).PressAsync("Enter");
        await Assertions.Expect(item.GetByText("Copied")).ToBeVisibleAsync();
        (await page.Page.EvaluateAsync<string>("navigator.clipboard.readText()")).ShouldBe(Trace);
        await page.ShouldBeSoundAsync();

        await item.GetByRole(AriaRole.Link, new() { Name = "Runbook" }).ClickAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("CircuitOpen");
        await Assertions.Expect(page.Page.Locator(".runbook")).ToContainTextAsync("Retry what failed for good from the run's page afterwards.");
        await Assertions.Expect(page.Page.Locator(".runbook")).ToContainTextAsync("/providers/check: what each answers now (docs/providers.md), and what helps.");
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_run_that_does_not_go_on_says_why_and_has_no_end_in_sight()
    {
        var world = new FakeWorld();
        dashboard.Api.World = world;
        world.Troubles.Add(FakeTroubles.Of("run_cancelled", "warning", "The nightly run was cancelled: 3 symbols were not enriched.", "nothing-under-way") with
        {
            RunId = world.Runs[1].JobId,
            SymbolCount = 3,
            Symbols = ["AAPL", "MSFT", "V"],
        });
        world.CurrentRun = FakeTroubles.Progress(world.Runs[0]) with
        {
            State = "paused",
            Done = 9,
            Successful = 6,
            Failed = 2,
            Cancelled = 1,
            Running = 1,
            Waiting = 4,
            WaitsFor = ["polygon"],
            SymbolsPerMinute = null,
            EstimatedCompletion = null,
        };
        await using var page = await dashboard.OpenAsync("");
        var progress = page.Page.Locator(".run-live");

        await Assertions.Expect(progress).ToContainTextAsync("Paused: 1 symbol still finishes; the rest goes on when somebody resumes.");
        await Assertions.Expect(progress).ToContainTextAsync("4 wait to be tried again for Polygon (Massive)");
        await Assertions.Expect(progress).ToContainTextAsync("2 failed");
        await Assertions.Expect(progress).Not.ToContainTextAsync("Done about");
        await Assertions.Expect(page.Page.Locator(".tiles-note", new() { HasText = "it was cancelled" })).ToHaveTextAsync("3 symbols not enriched in the last run: it was cancelled.");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Run these 3" })).ToBeVisibleAsync();
        foreach (var (state, sentence) in ((string, string)[])
            [("stopped", "No node is alive: it goes on by itself when one starts."), ("no_writes", "The database takes no writes: it goes on by itself when it does."),
             ("waiting", "All that is left waits for Polygon (Massive). Next try")])
        {
            world.CurrentRun = world.CurrentRun with { State = state, NextTryAt = DateTimeOffset.UtcNow.AddMinutes(5) };
            dashboard.Api.Publish("run", new { job_id = world.CurrentRun.JobId, status = "running" });
            await Assertions.Expect(progress).ToContainTextAsync(sentence);
            await Assertions.Expect(progress).Not.ToContainTextAsync("Done about");
        }

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Run these 3" }).ClickAsync();
        await Assertions.Expect(page.Page.GetByText("2 symbols queued.")).ToBeVisibleAsync();
        dashboard.Api.Actions.ShouldContain(action => action.Contains("\"symbols\":[\"AAPL\",\"MSFT\",\"V\"]", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_runbook_is_a_page_and_its_links_stay_in_the_dashboard()
    {
        await using var page = await dashboard.OpenAsync("runbooks");
        var links = await page.Page.Locator(".runbook a").EvaluateAllAsync<string[]>("links => links.map(link => link.href)");

        links.Length.ShouldBeGreaterThan(15);
        links.ShouldAllBe(link => link.StartsWith(new Uri(dashboard.Address, "runbooks/").AbsoluteUri, StringComparison.Ordinal));
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "symbol-unknown" }).ClickAsync();
        await page.Page.Locator(".runbook").GetByRole(AriaRole.Link, new() { Name = "SymbolsDelisted" }).ClickAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("SymbolsDelisted");
    }
}
