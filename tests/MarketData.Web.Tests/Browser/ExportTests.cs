using System.Text.RegularExpressions;
using MarketData.Testing;
using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>What is seen is exported: as a file, and as a line for a terminal and for Python.</summary>
public sealed partial class ExportTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    [Theory]
    [InlineData(1440, false)]
    [InlineData(390, true)]
    public async Task What_the_chart_shows_is_what_is_exported(int width, bool dark)
    {
        await using var page = await OpenAsync("symbols/AAPL?show=sma,rsi", width, dark);
        var (first, last) = (await DataAsync(page, "first"), await DataAsync(page, "last"));
        var dialog = await ExportAsync(page);

        await Assertions.Expect(dialog.GetByLabel("From")).ToHaveValueAsync(first[..10]);
        await Assertions.Expect(dialog.GetByLabel("To")).ToHaveValueAsync(last[..10]);
        var address = $"/api/v1/historical/AAPL?timeframe=1d&start={first[..10]}&end={last[..10]}&features=sma_20,rsi_14&format=csv";
        await Assertions.Expect(dialog.GetByRole(AriaRole.Link, new() { Name = "Download" })).ToHaveAttributeAsync("href", address);
        var origin = dashboard.Address.GetLeftPart(UriPartial.Authority);
        await Assertions.Expect(Line(dialog, "curl, 1d")).ToHaveTextAsync($"curl -fsS -o \"AAPL_1d.csv\" \"{origin}{address}\"");
        await Assertions.Expect(Line(dialog, "Python, 1d")).ToContainTextAsync($"pd.read_csv(\"{origin}{address}\"");
        await page.ShouldBeSoundAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Copy the line: curl, 1d" }).PressAsync("Enter");
        await Assertions.Expect(dialog.GetByText("Copied")).ToBeVisibleAsync();

        var download = await page.Page.RunAndWaitForDownloadAsync(() => dialog.GetByRole(AriaRole.Link, new() { Name = "Download" }).ClickAsync());
        (await download.FailureAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Everything_about_it_is_chosen_by_keyboard()
    {
        await using var page = await OpenAsync("symbols/SOL-USD?timeframe=5m&show=none&with=TSLA");
        var dialog = await ExportAsync(page);
        var download = dialog.GetByRole(AriaRole.Link);
        // What it is compared with comes as well, unless it is taken out.
        await PressAsync(dialog, "Remove TSLA");
        (await download.GetAttributeAsync("href"))!.ShouldMatch(@"timeframe=5m&start=\d{4}-\d\d-\d\dT\d\d:\d\d:00Z&end=\d{4}-\d\d-\d\dT\d\d:\d\d:00Z&format=csv$");

        await dialog.GetByLabel("Symbols").FillAsync("MSF");
        await page.Page.Locator(".mud-popover-open .mud-list-item").First.WaitForAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Remove MSFT" })).ToBeVisibleAsync();
        await PressAsync(dialog, "1d");
        await dialog.GetByLabel("From").FillAsync("2026-11-02 14:30");
        await dialog.GetByLabel("To").FillAsync("2026-11-01");
        await Assertions.Expect(dialog.GetByText("The range ends before it begins.")).ToBeVisibleAsync();
        await Assertions.Expect(download).ToHaveCountAsync(0);
        await dialog.GetByLabel("To").FillAsync("yesterday");
        await Assertions.Expect(dialog.GetByText("Correct the range.")).ToBeVisibleAsync();
        await dialog.GetByLabel("To").FillAsync("");

        await dialog.GetByText("Columns: all of the candles, no features").PressAsync("Enter");
        foreach (var column in (string[])["source", "is_validated", "quality_score", "validation_notes"])
            await PressAsync(dialog, column);
        await PressAsync(dialog, "macd");
        await PressAsync(dialog, "Splits");
        await PressAsync(dialog, "Parquet");

        await Assertions.Expect(download).ToHaveCountAsync(2);
        const string columns = "symbol,timestamp,open,high,low,close,volume,vwap,trade_count,open_interest,funding_rate,long_short_ratio,"
            + "long_liquidations,short_liquidations,taker_buy_volume,taker_sell_volume";
        await Assertions.Expect(dialog.GetByRole(AriaRole.Link, new() { Name = "Download 1d" })).ToHaveAttributeAsync(
            "href", $"/api/v1/historical?symbols=SOL-USD,MSFT&timeframe=1d&start=2026-11-02T14:30:00Z&columns={columns}&features=macd&adjusted=splits&format=parquet");
        await Assertions.Expect(Line(dialog, "Python, 5m")).ToContainTextAsync("pd.read_parquet(");
        await page.ShouldBeSoundAsync();

        await PressAsync(dialog, "All that is stored");
        await Assertions.Expect(dialog.GetByLabel("From")).ToHaveValueAsync("");
        await PressAsync(dialog, "As on the chart");
        await Assertions.Expect(dialog.GetByLabel("From")).ToHaveValueAsync(Instant());
    }

    private async Task<DashboardPage> OpenAsync(string path, int width = 1280, bool dark = false)
    {
        var page = await dashboard.OpenAsync(path, width, 900, dark);
        await page.BecomesAsync("() => document.querySelector('.price')?.dataset.state === 'ready' && document.querySelector('.price').dataset.last");
        return page;
    }

    private static async Task<ILocator> ExportAsync(DashboardPage page)
    {
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Export…" }).PressAsync("Enter");
        return await page.DialogAsync();
    }

    private static Task PressAsync(ILocator dialog, string name) => dialog.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).PressAsync("Enter");

    private static ILocator Line(ILocator dialog, string name) => dialog.GetByRole(AriaRole.Region, new() { Name = name, Exact = true });

    private static Task<string> DataAsync(DashboardPage page, string name) =>
        page.Page.EvaluateAsync<string>("name => document.querySelector('.price').dataset[name]", name);

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$")]
    private static partial Regex Instant();
}
