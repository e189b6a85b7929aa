using MarketData.Testing;
using Microsoft.Playwright;

namespace MarketData.EndToEnd.Tests.Dashboard;

/// <summary>That the screen follows the system: within a second.</summary>
[Collection(Acting.Name)]
public sealed class LiveTests(SystemFixture system, ChromiumFixture chromium)
{
    private const int Attempts = 3;

    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_that_is_triggered_shows_while_it_works()
    {
        await system.FirstRunAsync(_cancellation);
        await using var page = await system.OpenAsync(chromium, "");
        await using var slow = await system.FaultAsync(new { kind = "latency", symbol = "XOM", delay_seconds = 5 }, _cancellation);

        await TriggerAsync("XOM");

        await Assertions.Expect(page.Page.GetByRole(AriaRole.Progressbar).First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_job_that_starts_is_on_screen_within_a_second_of_its_event()
    {
        await system.FirstRunAsync(_cancellation);
        await using var slow = await system.FaultAsync(new { kind = "latency", symbol = "JPM", delay_seconds = 3 }, _cancellation);
        await using var page = await system.OpenAsync(chromium, "symbols?search=JPM");
        var badge = page.Page.Locator("tbody .badge");
        var (delay, limit) = (double.PositiveInfinity, 0.0);

        for (var attempt = 0; attempt < Attempts && delay >= limit; attempt++)
        {
            await Assertions.Expect(badge).Not.ToHaveTextAsync("Running");
            // Both clocks are the browser's: the event as it arrives there, and the change of the row.
            await page.Page.EvaluateAsync(
                """
                () => new Promise(ready => {
                    const row = () => document.querySelector('tbody .badge')?.textContent.trim() === 'Running';
                    const stream = new EventSource('/api/v1/enrichment/events');
                    window.measured = new Promise(resolve => {
                        let [told, shown] = [];
                        const done = () => {
                            if (told === undefined || shown === undefined)
                                return;
                            stream.close();
                            watch.disconnect();
                            resolve(Math.max(0, shown - told));
                        };
                        const watch = new MutationObserver(() => {
                            if (row())
                                shown ??= performance.now();
                            done();
                        });
                        watch.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
                        stream.addEventListener('job', event => {
                            const job = JSON.parse(event.data);
                            if (job.symbol === 'JPM' && job.status === 'running')
                                told ??= performance.now();
                            done();
                        });
                        stream.onopen = () => ready();
                    });
                })
                """);
            await TriggerAsync("JPM");
            delay = await page.Page.EvaluateAsync<double>("() => window.measured");
            limit = await Pace.SecondAsync(page);
        }

        delay.ShouldBeLessThan(limit);
        page.Complaints.ShouldBeEmpty();
    }

    private async Task TriggerAsync(string symbol)
    {
        using var response = await system.Http.PostAsync(new Uri($"/api/v1/enrichment/trigger?symbols={symbol}", UriKind.Relative), null, _cancellation);
        response.EnsureSuccessStatusCode();
    }
}
