using MarketData.Testing;
using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>The table of symbols with 5,000 of them.</summary>
public sealed class SymbolsPageTests(SymbolsPageTests.FiveThousand dashboard) : IClassFixture<SymbolsPageTests.FiveThousand>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_the_rows_in_sight_are_there_and_scrolling_brings_the_others_at_once()
    {
        await using var page = await OpenAsync("symbols");
        await Assertions.Expect(page.Page.GetByText(new System.Text.RegularExpressions.Regex("^5,00[01] symbols$"))).ToBeVisibleAsync();
        await Assertions.Expect(page.Page.Locator("tbody a").First).ToBeVisibleAsync();
        (await page.Page.Locator("tbody tr:has(td)").CountAsync()).ShouldBeInRange(10, 60);

        await page.Page.EvaluateAsync("() => { const box = document.querySelector('.virtual'); box.scrollTop = box.scrollHeight; }");
        await Assertions.Expect(page.Page.Locator("tbody a", new() { HasText = "XRP-USD" })).ToBeVisibleAsync();

        // A steady scroll through a thousand rows: the frames keep coming.
        var typical = await page.Page.EvaluateAsync<double>(
            """
            async () => {
                const box = document.querySelector('.virtual');
                box.scrollTop = 0;
                const frames = [];
                let last = performance.now();
                for (let i = 0; i < 120; i++) {
                    box.scrollTop += 400;
                    await new Promise(requestAnimationFrame);
                    const now = performance.now();
                    frames.push(now - last);
                    last = now;
                }
                return frames.sort((a, b) => a - b)[60];
            }
            """);
        // A blocked page would drop dozens of frames in a row; a busy machine drops some.
        typical.ShouldBeLessThan(250);
        await page.BecomesAsync("() => [...document.querySelectorAll('tbody tr td.cell-symbol a')].some(a => a.getBoundingClientRect().top > 200 && a.getBoundingClientRect().bottom < innerHeight)");
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_search_a_filter_and_an_order_narrow_it_down_and_are_in_the_address()
    {
        await using var page = await OpenAsync("symbols");
        await page.Page.GetByLabel("Search symbols").FillAsync("t49");
        await Assertions.Expect(page.Page.GetByText(new System.Text.RegularExpressions.Regex("^100 of 5,00"))).ToBeVisibleAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Symbol", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Page.Locator("tbody a").First).ToHaveTextAsync("T4999");
        await Assertions.Expect(page.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(@"search=t49&order=-symbol"));

        await page.GoAsync("symbols?status=error");
        await Assertions.Expect(page.Page.Locator("tbody a")).ToHaveTextAsync(["JNJ"]);
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Error 1" })).ToHaveAttributeAsync("aria-pressed", "true");
    }

    [Fact]
    public async Task A_job_that_starts_shows_at_once_and_without_loading_the_table_again()
    {
        await using var page = await OpenAsync("symbols?search=T0100");
        await Assertions.Expect(page.Page.GetByText(new System.Text.RegularExpressions.Regex("^1 of 5,00"))).ToBeVisibleAsync();
        await Eventually.BecomesAsync(() => dashboard.Api.Listeners > 0, TimeSpan.FromSeconds(30), _cancellation);
        var loads = dashboard.Api.Reads["/api/v1/symbols/detailed"];

        dashboard.Api.Publish("job", new { symbol = "T0100", status = "running", step = "fetch" });

        await Assertions.Expect(page.Page.Locator("tbody .badge", new() { HasText = "Running" })).ToBeVisibleAsync();
        dashboard.Api.Reads["/api/v1/symbols/detailed"].ShouldBe(loads);
    }

    [Fact]
    public async Task A_symbol_is_run_and_deactivated_from_its_row()
    {
        await using var page = await OpenAsync("symbols?search=T0200");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Run T0200 now" }).ClickAsync();
        await AskedAsync("POST /api/v1/enrichment/trigger", "T0200");
        await Assertions.Expect(page.Page.GetByText("2 symbols queued.")).ToBeVisibleAsync();

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Deactivate T0200" }).ClickAsync();
        await Assertions.Expect(page.Page.GetByText("Deactivate T0200?")).ToBeVisibleAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Deactivate", Exact = true }).ClickAsync();

        await AskedAsync("DELETE /api/v1/admin/symbols/T0200", "");
        await Assertions.Expect(page.Page.Locator("tbody .badge", new() { HasText = "Inactive" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_symbol_is_added_and_its_page_opens()
    {
        await using var page = await OpenAsync("symbols");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Add symbol…" }).ClickAsync();
        await page.DialogAsync();
        await page.Page.GetByLabel("Symbol", new() { Exact = true }).FillAsync("zzz-usd");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Crypto" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "1h", Exact = true }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Add symbol", Exact = true }).ClickAsync();

        await Assertions.Expect(page.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("symbols/ZZZ-USD$"));
        await AskedAsync("POST /api/v1/admin/symbols", """{"symbol":"ZZZ-USD","asset_class":"crypto","timeframes":["1h","1d"],"start":true}""");
    }

    [Fact]
    public async Task A_symbol_is_looked_up_before_it_is_added_by_keyboard_alone()
    {
        await using var page = await OpenAsync("symbols");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Add symbol…" }).FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        var dialog = await page.DialogAsync();
        await page.Page.GetByLabel("Symbol", new() { Exact = true }).FillAsync("appl");
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(dialog.GetByText("No provider knows APPL")).ToBeVisibleAsync();
        (await page.ViolationsAsync()).ShouldBeEmpty();

        await dialog.GetByRole(AriaRole.Group, new() { Name = "Did you mean" }).GetByRole(AriaRole.Button, new() { Name = "AAPL" }).PressAsync("Enter");
        var table = dialog.GetByRole(AriaRole.Table, new() { Name = "What AAPL is" });
        await Assertions.Expect(table.GetByRole(AriaRole.Row)).ToHaveTextAsync(
        [
            "FactFoundSaid by", "NameA fundYahoo", "ExchangeNew York (XNYS)The symbol's name", "CurrencyUSDThe symbol's name",
            "TypeETFThe symbol's name", "First traded1999-03-10Polygon (Massive)",
        ]);
        await Assertions.Expect(page.Page.GetByLabel("Symbol", new() { Exact = true })).ToHaveValueAsync("AAPL");
        (await page.ViolationsAsync()).ShouldBeEmpty();

        await dialog.GetByLabel("Fetch its history at once").PressAsync("Space");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Add symbol", Exact = true }).PressAsync("Enter");
        await AskedAsync("POST /api/v1/admin/symbols", """{"symbol":"AAPL","asset_class":"etf","timeframes":["1d"],"start":false}""");
    }

    [Fact]
    public async Task What_is_typed_is_looked_up_when_the_fingers_rest_and_a_class_that_was_chosen_stays()
    {
        await using var page = await OpenAsync("symbols");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Add symbol…" }).ClickAsync();
        var dialog = await page.DialogAsync();
        await page.Page.GetByLabel("Symbol", new() { Exact = true }).FillAsync("vti");
        await Assertions.Expect(dialog.GetByRole(AriaRole.Table, new() { Name = "What VTI is" })).ToBeVisibleAsync();
        await Assertions.Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "ETF" })).ToHaveAttributeAsync("aria-pressed", "true");

        await dialog.GetByRole(AriaRole.Button, new() { Name = "Index" }).ClickAsync();
        await page.Page.GetByLabel("Symbol", new() { Exact = true }).FillAsync("appl");
        await Assertions.Expect(dialog.GetByText("No provider knows APPL")).ToBeVisibleAsync();
        await Assertions.Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Index" })).ToHaveAttributeAsync("aria-pressed", "true");
    }

    [Fact]
    public async Task What_nobody_could_be_asked_about_can_be_added_all_the_same()
    {
        await using var page = await OpenAsync("symbols");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Add symbol…" }).ClickAsync();
        var dialog = await page.DialogAsync();
        await page.Page.GetByLabel("Symbol", new() { Exact = true }).FillAsync("zzz-usd");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Look up" }).ClickAsync();

        await Assertions.Expect(dialog.GetByText("Nobody could be asked what ZZZ-USD is (Yahoo not asked, its circuit is open).")).ToBeVisibleAsync();
        await Assertions.Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Crypto" })).ToHaveAttributeAsync("aria-pressed", "true");
        // What is typed on is not what was looked up.
        await page.Page.GetByLabel("Symbol", new() { Exact = true }).FillAsync("zzz");
        await Assertions.Expect(dialog.GetByText("Nobody could be asked")).ToHaveCountAsync(0);
    }

    private Task<DashboardPage> OpenAsync(string path) => dashboard.OpenAsync(path);

    private Task AskedAsync(string request, string body) => Eventually.BecomesAsync(
        () => dashboard.Api.Actions.Any(action => action.StartsWith(request, StringComparison.Ordinal) && action.Contains(body, StringComparison.Ordinal)),
        TimeSpan.FromSeconds(30), _cancellation);

    /// <summary>A dashboard over 5,000 symbols.</summary>
    public sealed class FiveThousand(ChromiumFixture chromium) : DashboardFixture(chromium)
    {
        /// <inheritdoc/>
        protected override int Symbols => 5_000;
    }
}
