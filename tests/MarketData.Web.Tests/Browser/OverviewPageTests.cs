using System.Diagnostics;
using MarketData.Testing;
using MarketData.Web.Tests.Fakes;
using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>The overview: what is wrong at a glance, and how fast it says so.</summary>
public sealed class OverviewPageTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_broken_symbol_and_its_cause_are_one_click_from_the_overview()
    {
        await using var page = await dashboard.OpenAsync("");
        await Assertions.Expect(page.Page.Locator(".verdict-line")).ToContainTextAsync("JNJ failed after 4 attempts: Polygon refuses the request.");
        var broken = page.Page.Locator(".attention > li", new() { HasText = "JNJ failed after 4 attempts" });
        await Assertions.Expect(broken.GetByText("ticker not found")).ToBeHiddenAsync();
        await broken.GetByText("Word for word").ClickAsync();
        await Assertions.Expect(broken.GetByText("ticker not found")).ToBeVisibleAsync();
        await Assertions.Expect(broken.GetByRole(AriaRole.Button, new() { Name = "Retry failed" })).ToBeVisibleAsync();

        await broken.GetByRole(AriaRole.Link, new() { Name = "JNJ", Exact = true }).ClickAsync();

        await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("JNJ");
    }

    [Fact]
    public async Task Counts_lead_to_the_jobs_behind_them()
    {
        await using var page = await dashboard.OpenAsync("");

        await page.Page.Locator(".figure", new() { HasText = "Jobs failed" }).GetByRole(AriaRole.Link).ClickAsync();

        await Assertions.Expect(page.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("jobs\\?view=history&status=failed&since=24h"));
        await Assertions.Expect(page.Page.Locator("tbody .badge").First).ToHaveTextAsync("Failed");
    }

    [Fact]
    public async Task What_happens_is_on_screen_within_a_second()
    {
        await using var page = await dashboard.OpenAsync("");
        var badge = page.Page.Locator(".verdict-facts .badge");
        await Assertions.Expect(badge).ToHaveTextAsync("Running");
        await Eventually.BecomesAsync(() => Task.FromResult(dashboard.Api.Listeners > 0), TimeSpan.FromSeconds(20), _cancellation);

        // The quickest of a few: what is measured is the dashboard, not what else the machine is doing.
        var quickest = TimeSpan.MaxValue;
        for (var i = 0; i < 4; i++)
        {
            var paused = i % 2 == 0;
            var watch = Stopwatch.StartNew();
            dashboard.Api.World.Scheduler = paused ? "paused" : "running";
            dashboard.Api.Publish("scheduler", new { paused });
            await page.BecomesAsync($"() => document.querySelector('.verdict-facts .badge').textContent.trim() === '{(paused ? "Paused" : "Running")}'");
            quickest = watch.Elapsed < quickest ? watch.Elapsed : quickest;
        }

        quickest.ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_burst_of_events_is_no_storm_of_requests()
    {
        await using var page = await dashboard.OpenAsync("");
        await Eventually.BecomesAsync(() => Task.FromResult(dashboard.Api.Listeners > 0), TimeSpan.FromSeconds(20), _cancellation);
        int Reads() => dashboard.Api.Reads.GetValueOrDefault("/api/v1/enrichment/dashboard/overview");
        var before = Reads();
        var watch = Stopwatch.StartNew();

        for (var i = 0; i < 500; i++)
            dashboard.Api.Publish("job", new { id = i, symbol = "AAPL", status = "running" });
        await Eventually.BecomesAsync(() => Task.FromResult(Reads() > before), TimeSpan.FromSeconds(20), _cancellation);
        await Task.Delay(TimeSpan.FromSeconds(1), _cancellation);

        // At most four loads a second for this page; another test's page may be open beside it.
        (Reads() - before).ShouldBeLessThanOrEqualTo((int)(watch.Elapsed.TotalSeconds * 8) + 4);
    }

    [Fact]
    public async Task A_run_shows_its_progress_rate_and_end()
    {
        var world = dashboard.Api.World;
        world.CurrentRun = FakeTroubles.Progress(world.Runs[0]) with { State = "running", Done = 9, Successful = 9, SymbolsPerMinute = 7.2, EstimatedCompletion = DateTimeOffset.UtcNow.AddSeconds(92) };
        await using var page = await dashboard.OpenAsync("");

        var progress = page.Page.GetByRole(AriaRole.Progressbar, new() { Name = "Symbols done" });
        await Assertions.Expect(progress).ToHaveAttributeAsync("aria-valuenow", "9");
        await Assertions.Expect(page.Page.Locator(".run-live-facts")).ToContainTextAsync("7.2/min");
        world.CurrentRun = world.CurrentRun with { Done = 14 };
        dashboard.Api.Publish("run", new { job_id = world.CurrentRun.JobId, status = "running" });

        await Assertions.Expect(progress).ToHaveAttributeAsync("aria-valuenow", "14");
        world.CurrentRun = null;
        dashboard.Api.Publish("run", new { job_id = world.Runs[0].JobId, status = "completed" });
        await Assertions.Expect(progress).ToHaveCountAsync(0);
    }
}
