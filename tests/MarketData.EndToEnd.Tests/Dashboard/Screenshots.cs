using System.Net.Http.Json;
using MarketData.Testing;
using Microsoft.Playwright;

namespace MarketData.EndToEnd.Tests.Dashboard;

/// <summary>Takes the pictures in <c>docs/images</c> from the running system. No test: <c>docs/screenshots.sh</c> runs it.</summary>
[Collection(Acting.Name)]
public sealed class Screenshots(SystemFixture system, ChromiumFixture chromium)
{
    private static readonly string Folder = Environment.GetEnvironmentVariable("MARKETDATA_SCREENSHOTS")
        ?? Path.Combine(AppHostProcess.RepositoryRoot(), "docs", "images");

    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Take()
    {
        Directory.CreateDirectory(Folder);
        await system.FirstRunAsync(_cancellation);
        foreach (var symbols in new[] { new[] { "AAPL", "MSFT", "SPY" }, ["BTC-USD", "ETH-USD"], ["JPM", "V", "XOM"] })
            await system.EnrichAsync(_cancellation, symbols);
        await using var unknown = await system.FaultAsync(new { kind = "unauthorized", symbol = "META" }, _cancellation);
        var run = await system.EnrichAsync(_cancellation, "META", "TSLA", "NVDA");
        foreach (var (name, scope) in new[] { ("Night operator", "enrich"), ("Research notebooks", "read") })
        {
            using var made = await system.Http.PostAsJsonAsync("/api/v1/admin/api-keys", new { name, scopes = new[] { scope } }, _cancellation);
            made.EnsureSuccessStatusCode();
        }

        await TakeAsync("overview", "", ".attention li");
        await TakeAsync("pipeline", "pipeline?window=1h", ".chart[data-drawn] canvas");
        await TakeAsync("jobs", "jobs?view=history", "tbody tr");
        await TakeAsync("run", $"jobs/{run.GetProperty("job_id").GetGuid()}", ".tl-row");
        await TakeAsync("resilience", "resilience", ".circuit-word");
        await TakeAsync("symbols", "symbols", "tbody a");
        await TakeAsync("symbol", "symbols/AAPL", ".price[data-state=ready]", height: 1100);
        await TakeAsync("system", "system", ".table");
        await TakeAsync("keys", "keys", ".page-head");
        await TakeAsync("overview-dark", "", ".attention li", dark: true);
        await TakeAsync("symbol-dark", "symbols/BTC-USD?timeframe=1h&show=bollinger,macd", ".price[data-state=ready]", dark: true);
        await TakeAsync("overview-phone", "", ".attention li", 360, 780);
        await TakeAsync("symbols-phone", "symbols", "tbody a", 360, 780, dark: true);
    }

    private async Task TakeAsync(string name, string path, string content, int width = 1280, int height = 800, bool dark = false)
    {
        await using var page = await system.NewPageAsync(chromium, width, height);
        await page.Page.EmulateMediaAsync(new() { ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light, ReducedMotion = ReducedMotion.Reduce });
        await page.GoAsync(path);
        await Assertions.Expect(page.Page.Locator(content).First).ToBeVisibleAsync();
        await page.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await page.BecomesAsync("() => document.querySelectorAll('.chart:not([data-drawn])').length === 0");
        await page.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, name + ".png") });
    }
}
