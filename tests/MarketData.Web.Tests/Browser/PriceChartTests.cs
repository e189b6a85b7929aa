using System.Text.RegularExpressions;
using MarketData.Testing;
using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>What a symbol's chart can be asked to show, and how it says what it shows.</summary>
public sealed partial class PriceChartTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    private const string Ready = "() => document.querySelector('.price')?.dataset.state === 'ready' && Number(document.querySelector('.price').dataset.frames) > 0";

    [Fact]
    public async Task What_is_chosen_is_marked_and_stays_with_the_address()
    {
        await using var page = await OpenAsync("symbols/AAPL");
        await PressAsync(page, "1h");
        await page.BecomesAsync(Ready + " && document.querySelector('.price').dataset.range === '1m'");
        await PressAsync(page, "6M");
        await PressAsync(page, "Log");
        await PressAsync(page, "Adjusted");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Features", Exact = true }).ClickAsync();
        await page.Page.GetByText("MACD").ClickAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await page.BecomesAsync(Ready + " && document.querySelector('.price').dataset.groups === 'sma rsi macd'");
        await Assertions.Expect(page.Page).ToHaveURLAsync(Choices());
        await Assertions.Expect(Chip(page, "6M")).ToHaveAttributeAsync("aria-pressed", "true");
        await Assertions.Expect(Chip(page, "1M")).ToHaveAttributeAsync("aria-pressed", "false");

        // Another part: no range is marked, and the address leads to the same bars.
        await page.Page.Locator("[data-part=plot]").PressAsync("Shift+ArrowLeft");
        await Assertions.Expect(page.Page).ToHaveURLAsync(Part());
        await Assertions.Expect(Chip(page, "6M")).ToHaveAttributeAsync("aria-pressed", "false");
        var (first, last) = (await DataAsync(page, "first"), await DataAsync(page, "last"));
        await page.GoAsync(new Uri(page.Page.Url).PathAndQuery["/dashboard/".Length..]);
        await page.BecomesAsync(Ready);
        (await DataAsync(page, "first")).ShouldBe(first);
        (await DataAsync(page, "last")).ShouldBe(last);
        await Assertions.Expect(Chip(page, "Log")).ToHaveAttributeAsync("aria-pressed", "true");
        await Assertions.Expect(Chip(page, "Adjusted")).ToHaveAttributeAsync("aria-pressed", "false");
    }

    [Fact]
    public async Task Features_of_prices_as_traded_are_those_of_prices_as_traded()
    {
        await using var page = await OpenAsync("symbols/AAPL?show=sma");
        var adjusted = Number(await page.Page.Locator("[data-part=readout]").InnerTextAsync());

        await PressAsync(page, "Adjusted");
        await page.BecomesAsync(Ready + $" && Number(/SMA 20\\s+([\\d,.]+)/.exec(document.querySelector('[data-part=readout]').innerText)[1].replace(',', '')) > {adjusted * 1.5:0}");

        Number(await page.Page.Locator("[data-part=readout]").InnerTextAsync()).ShouldBe(2 * adjusted, 0.02);
    }

    [Theory]
    [InlineData(1440, false)]
    [InlineData(390, true)]
    public async Task A_second_symbol_is_compared_by_change_found_and_removed_by_keyboard(int width, bool dark)
    {
        await using var page = await OpenAsync("symbols/AAPL", width, dark);
        await page.Page.GetByLabel("Compare with").FillAsync("MSF");
        await page.Page.Locator(".mud-popover-open .mud-list-item").First.WaitForAsync();
        await page.Page.Keyboard.PressAsync("Enter");

        var readout = page.Page.Locator("[data-part=readout]");
        await Assertions.Expect(readout).ToContainTextAsync("MSFT");
        await Assertions.Expect(page.Page).ToHaveURLAsync(Compared());
        await Assertions.Expect(Chip(page, "%")).ToHaveAttributeAsync("aria-pressed", "true");
        await page.BecomesAsync(Ready);
        await page.ShouldBeSoundAsync();

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Remove MSFT" }).PressAsync("Enter");
        await Assertions.Expect(readout).Not.ToContainTextAsync("MSFT");
        await Assertions.Expect(Chip(page, "Linear")).ToHaveAttributeAsync("aria-pressed", "true");
    }

    [Fact]
    public async Task A_second_symbol_that_cannot_be_read_takes_nothing_from_the_first()
    {
        dashboard.Api.Refusal = ("/api/v1/historical/MSFT", 504, null);
        await using var page = await OpenAsync("symbols/AAPL?with=MSFT&scale=percent");
        dashboard.Api.Refusal = null;

        await Assertions.Expect(page.Page.Locator("[data-part=found]")).ToContainTextAsync("MSFT: The API takes too long to answer.");
        await Assertions.Expect(page.Page.Locator("[data-part=readout]")).ToContainTextAsync("Vol");
    }

    [Fact]
    public async Task All_panes_share_one_time_axis_to_the_pixel_however_long_their_labels_are()
    {
        await using var page = await OpenAsync("symbols/AAPL?show=rsi,obv,macd");
        var edges = await page.Page.EvaluateAsync<double[][]>(
            """
            () => [...document.querySelectorAll('.price-canvas tr')].map(row => row.children[1]?.querySelector('canvas')?.getBoundingClientRect())
                .filter(box => box?.height > 5).map(box => [box.left, box.right])
            """);

        // The candles, their volume, three features and the axis itself.
        edges.Length.ShouldBe(6);
        edges.ShouldAllBe(edge => edge.SequenceEqual(edges[0]));
    }

    [Fact]
    public async Task Instants_follow_the_zone_that_was_chosen_and_days_do_not()
    {
        await using var page = await OpenAsync("symbols/AAPL?timeframe=5m");
        var readout = page.Page.Locator("[data-part=readout] strong");
        await page.Page.GetByLabel("Time zone").SelectOptionAsync("exchange");
        await Assertions.Expect(readout).ToHaveTextAsync(NewYork());
        await page.Page.GetByLabel("Time zone").SelectOptionAsync("utc");
        await Assertions.Expect(readout).ToHaveTextAsync(Utc());
        await PressAsync(page, "1d");
        await Assertions.Expect(readout).ToHaveTextAsync(Day());
    }

    [Fact]
    public async Task Decimals_follow_the_price()
    {
        await using var page = await dashboard.OpenAsync("symbols/AAPL");
        foreach (var (closes, price, text) in new[]
        {
            ("[64000.1, 63999.55]", "64000.1", "64,000.10"),
            ("[1.0876, 1.08765]", "1.08765", "1.0877"),
            ("[25.31, 25.4]", "25.3", "25.30"),
            ("[0.00001234, 0.0000122]", "0.00001234", "0.00001234"),
            ("[0.0983817, 230.1]", "0.0983817", "0.098382"),
        })
        {
            var written = await page.Page.EvaluateAsync<string>($"async () => (await import('/dashboard/js/price-format.js')).pricesOf({closes}).text({price})");
            written.ShouldBe(text);
        }
    }

    [Fact]
    public async Task Marks_that_would_touch_become_one_that_shows_the_gravest_and_all_are_read_out()
    {
        await using var page = await OpenAsync("symbols/AAPL?range=all");
        var clusters = await page.Page.EvaluateAsync<string[]>(
            """
            async () => {
                const marks = [[1, 'dividend'], [3, 'anomaly'], [4, 'rejected'], [40, 'split'], [90, 'split']].map(([place, kind]) => ({ place, kind }));
                const { clusters } = await import('/dashboard/js/price-marks.js');
                return clusters(marks, place => place * 4, { from: 2, to: 50 }, 14).map(found => `${found.kind} ${found.count} at ${found.at}`);
            }
            """);
        clusters.ShouldBe(["rejected 2 at 12", "split 1 at 160"]);

        // Twenty years in view: what was found in the last weeks lies within one mark.
        await Assertions.Expect(page.Page.Locator("[data-part=found] em").First).ToBeVisibleAsync();
        (await page.Page.Locator("[data-part=found] em").AllInnerTextsAsync()).ShouldContain(text => text.StartsWith("Rejected from", StringComparison.Ordinal));
    }

    private async Task<DashboardPage> OpenAsync(string path, int width = 1280, bool dark = false)
    {
        var page = await dashboard.OpenAsync(path, width, 900, dark);
        await page.BecomesAsync(Ready);
        return page;
    }

    private static ILocator Chip(DashboardPage page, string name) => page.Page.Locator(".panel-chart").GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static Task PressAsync(DashboardPage page, string name) => Chip(page, name).PressAsync("Enter");

    private static Task<string> DataAsync(DashboardPage page, string name) =>
        page.Page.EvaluateAsync<string>("name => document.querySelector('.price').dataset[name]", name);

    private static double Number(string readout) => double.Parse(Sma().Match(readout).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"SMA 20\s+([\d,.]+)")]
    private static partial Regex Sma();

    [GeneratedRegex(@"timeframe=1h&show=sma,rsi,macd&range=6m&adjusted=none&scale=log$")]
    private static partial Regex Choices();

    [GeneratedRegex(@"&from=\d{4}-\d\d-\d\dT\d\d:00:00Z&to=\d{4}-\d\d-\d\dT\d\d:00:00Z&")]
    private static partial Regex Part();

    [GeneratedRegex("scale=percent&with=MSFT$")]
    private static partial Regex Compared();

    [GeneratedRegex(@"^\w{3} \d+ \w{3} \d{4} \d\d:\d\d E[SD]T$")]
    private static partial Regex NewYork();

    [GeneratedRegex(@"^\w{3} \d+ \w{3} \d{4} \d\d:\d\d UTC$")]
    private static partial Regex Utc();

    [GeneratedRegex(@"^\w{3} \d+ \w{3} \d{4}$")]
    private static partial Regex Day();
}
