using MarketData.Testing;
using Microsoft.Playwright;

namespace MarketData.EndToEnd.Tests.Dashboard;

/// <summary>What a person sees who opens the address that the app host printed.</summary>
public sealed class FirstLookTests(SystemFixture system, ChromiumFixture chromium)
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_overview_gives_its_verdict_and_says_that_the_data_is_simulated()
    {
        await system.FirstRunAsync(_cancellation);
        await using var context = await chromium.Browser.NewContextAsync();
        var page = await context.NewPageAsync();
        var errors = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                errors.Add(message.Text);
        };

        await page.GotoAsync(system.Dashboard.ToString());

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("simulated").First).ToBeVisibleAsync();
        errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_that_is_triggered_shows_while_it_works()
    {
        await system.FirstRunAsync(_cancellation);
        await using var context = await chromium.Browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(system.Dashboard.ToString());
        await using var slow = await system.FaultAsync(new { kind = "latency", symbol = "XOM", delay_seconds = 3 }, _cancellation);

        using var response = await system.Http.PostAsync(new Uri("/api/v1/enrichment/trigger?symbols=XOM", UriKind.Relative), null, _cancellation);
        response.EnsureSuccessStatusCode();

        await Assertions.Expect(page.GetByRole(AriaRole.Progressbar).First).ToBeVisibleAsync(new() { Timeout = 10_000 });
    }
}
