using MarketData.Testing;
using Microsoft.Playwright;

namespace MarketData.EndToEnd.Tests.Dashboard;

/// <summary>A provider that breaks down: seen at once, and found from the overview.</summary>
[Collection(Acting.Name)]
public sealed class CircuitTests(SystemFixture system, ChromiumFixture chromium)
{
    // What is asked of each provider first; a provider whose circuit has opened is left alone for a minute, so each serves one measurement.
    private static readonly (string Provider, string Name, string[] Symbols)[] Victims =
        [("binance", "Binance", ["BTC-USD", "ETH-USD", "SOL-USD", "BNB-USD"]), ("polygon", "Polygon", ["AAPL", "MSFT", "GOOGL", "AMZN", "NVDA", "SPY"])];

    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_open_circuit_is_shown_within_a_second_and_found_from_the_overview_in_two_clicks()
    {
        await system.FirstRunAsync(_cancellation);
        var (delay, limit) = (double.PositiveInfinity, 0.0);
        foreach (var (provider, name, symbols) in Victims)
        {
            await using var broken = await system.FaultAsync(new { kind = "server_error", provider, status = 503 }, _cancellation);
            await using var page = await system.OpenAsync(chromium, "resilience");
            delay = await MeasureAsync(page, provider, name, symbols);
            limit = await Pace.SecondAsync(page);

            await page.GoAsync("");
            var item = page.Page.Locator(".attention li", new() { HasText = $"{name}'s circuit is open" });
            await Assertions.Expect(item.Locator(".attention-cause")).Not.ToBeEmptyAsync();
            await page.FollowAsync(item.Locator(".attention-actions a"), name);
            await Assertions.Expect(page.Page.Locator(".circuit-word").First).ToHaveTextAsync("Circuit open");
            await Assertions.Expect(page.Page.Locator(".requests tbody tr", new() { HasText = "503 failed" }).First).ToBeVisibleAsync();
            page.Complaints.ShouldBeEmpty();
            if (delay < limit)
                break;
        }

        delay.ShouldBeLessThan(limit);
    }

    // From the moment at which the API tells of the open circuit (asked again and again) to the moment at which the page does, in milliseconds.
    private async Task<double> MeasureAsync(DashboardPage page, string provider, string name, string[] symbols)
    {
        await page.Page.EvaluateAsync(
            $$"""
            () => {
                const card = () => [...document.querySelectorAll('.node-card')]
                    .some(node => node.ariaLabel.startsWith('{{name}} ') && node.querySelector('.circuit-word').textContent.trim() === 'Circuit open');
                const shown = new Promise(resolve => {
                    const look = () => card() && resolve(performance.now());
                    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
                    look();
                });
                const told = (async () => {
                    for (;;) {
                        const answer = await fetch('/api/v1/enrichment/dashboard/health');
                        if (answer.ok && (await answer.json()).resilience.some(node => node.provider === '{{provider}}' && node.circuit_state === 'open'))
                            return performance.now();
                        await new Promise(resolve => setTimeout(resolve, 100));
                    }
                })();
                window.measured = Promise.all([told, shown]).then(([told, shown]) => Math.max(0, shown - told));
            }
            """);
        var query = string.Join('&', symbols.Select(symbol => "symbols=" + symbol));
        using var response = await system.Http.PostAsync(new Uri($"/api/v1/enrichment/trigger?{query}", UriKind.Relative), null, _cancellation);
        response.EnsureSuccessStatusCode();
        var delay = await page.Page.EvaluateAsync<double>("() => window.measured");
        // What would be tried again later is nobody's concern any more.
        using var cancelled = await system.Http.DeleteAsync(response.Headers.Location, _cancellation);
        cancelled.EnsureSuccessStatusCode();
        return delay;
    }
}
