using System.Globalization;
using MarketData.Testing;
using Microsoft.Playwright;

namespace MarketData.EndToEnd.Tests.Dashboard;

/// <summary>
/// Every page over real data, on a phone, a laptop and a 4K screen, light and dark: no violation that axe knows, nothing wider than the
/// window, nothing in the console, nothing asked of another machine.
/// </summary>
public sealed class SoundPagesTests(SystemFixture system, ChromiumFixture chromium)
{
    private static readonly (int Width, int Height)[] Sizes = [(360, 780), (1280, 800), (3840, 2160)];

    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", ".verdict-line")]
    [InlineData("pipeline", ".chart canvas")]
    [InlineData("jobs", ".tabs")]
    [InlineData("jobs?view=history", "tbody tr")]
    [InlineData("jobs?view=runs", "tbody tr")]
    [InlineData("jobs/{run}", ".tl-row")]
    [InlineData("jobs/backfills", ".tabs")]
    [InlineData("job/{job}", ".attempts")]
    [InlineData("resilience", ".circuit-word")]
    [InlineData("providers/polygon", ".requests tbody tr")]
    [InlineData("symbols", "tbody a")]
    [InlineData("symbols/AAPL?timeframe=1h", ".price[data-state=ready]")]
    [InlineData("symbols/BTC-USD", ".price[data-state=ready]")]
    [InlineData("symbols/NOPE", ".state")]
    [InlineData("system", ".table")]
    [InlineData("notifications", ".state")]
    [InlineData("keys", ".page-head")]
    [InlineData("sign-in", ".sign-in")]
    [InlineData("not-found", ".state")]
    public async Task It_is_sound_at_every_size_in_both_themes(string path, string content)
    {
        await using var page = await system.NewPageAsync(chromium);
        await page.Page.GotoAsync(new Uri(system.Dashboard, await AddressAsync(path)).ToString());
        await Assertions.Expect(page.Page.Locator(content).First).ToBeVisibleAsync();
        if (path != "sign-in")
            await page.ListensAsync();

        foreach (var (width, height) in Sizes)
        {
            await page.Page.SetViewportSizeAsync(width, height);
            foreach (var theme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await ShowAsync(page, theme, reload: path == "sign-in");
                (await page.ViolationsAsync()).ShouldBeEmpty($"{width} px, {theme}");
            }

            (await page.TooWideAsync()).ShouldBeEmpty($"{width} px");
        }

        page.Complaints.ShouldBeEmpty();
    }

    // The page follows the reader's system; where nothing is live it does when it is opened the next time.
    private static async Task ShowAsync(DashboardPage page, ColorScheme theme, bool reload)
    {
        await page.Page.EmulateMediaAsync(new() { ColorScheme = theme, ReducedMotion = ReducedMotion.Reduce });
        if (reload)
            await page.Page.ReloadAsync();
        await page.BecomesAsync($"() => document.documentElement.dataset.theme === '{(theme == ColorScheme.Dark ? "dark" : "light")}'");
        // The colours of the components come from the server a moment later.
        await page.BecomesAsync(
            $$"""
            () => {
                const [red] = getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number);
                return {{(theme == ColorScheme.Dark ? "red < 128" : "red >= 128")}};
            }
            """);
    }

    private async Task<string> AddressAsync(string path)
    {
        await system.FirstRunAsync(_cancellation);
        if (!path.Contains('{', StringComparison.Ordinal))
            return path;
        var jobs = await system.GetAsync("enrichment/jobs?status=succeeded&limit=1", _cancellation);
        var job = jobs.GetProperty("items")[0];
        return path
            .Replace("{run}", job.GetProperty("job_id").GetString(), StringComparison.Ordinal)
            .Replace("{job}", job.GetProperty("id").GetInt64().ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }
}
