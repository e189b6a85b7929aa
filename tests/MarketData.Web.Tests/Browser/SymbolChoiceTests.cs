using System.Diagnostics;
using System.Text.RegularExpressions;
using MarketData.Testing;
using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>What is done to several symbols at once, and how the table fits the window.</summary>
public sealed class SymbolChoiceTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    private const string LongName = "Vanguard Total International Bond Index Fund ETF Shares";
    private static readonly string[] EveryInterval = ["5m", "15m", "30m", "1h", "4h", "1d", "1w"];

    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Chosen_symbols_are_put_on_a_watchlist_shown_by_it_and_taken_off_by_keyboard()
    {
        await using var page = await dashboard.OpenAsync("symbols");
        await ChooseAsync(page, "META", "MSFT");
        await page.ShouldBeSoundAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Watchlist…" }).PressAsync("Enter");
        var dialog = await page.DialogAsync();
        await dialog.GetByLabel("Watchlist", new() { Exact = true }).FillAsync("Tech");
        (await page.ViolationsAsync()).ShouldBeEmpty();
        await page.Page.Keyboard.PressAsync("Enter");
        await AskedAsync("""PUT /api/v1/watchlists/Tech {"symbols":["META","MSFT"]}""");
        await Assertions.Expect(page.Page.GetByText("The watchlist tech has 2 symbols now.")).ToBeVisibleAsync();

        await page.Page.GetByLabel("Watchlist", new() { Exact = true }).SelectOptionAsync("tech");
        await Assertions.Expect(page.Page.Locator("tbody a")).ToHaveTextAsync(["META", "MSFT"]);
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex(@"watchlist=tech"));
        await ChooseAsync(page, "META");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Take off tech" }).PressAsync("Enter");
        await Assertions.Expect(page.Page.Locator("tbody a")).ToHaveTextAsync(["MSFT"]);
    }

    [Fact]
    public async Task Chosen_symbols_are_deleted_with_their_data_once_their_number_is_typed()
    {
        dashboard.Api.World.Busy.Add("SPY");
        await using var page = await dashboard.OpenAsync("symbols");
        await ChooseAsync(page, "SPY", "QQQ", "IWM");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Delete…" }).ClickAsync();
        var dialog = await page.DialogAsync();
        var delete = dialog.GetByRole(AriaRole.Button, new() { Name = "Delete 3 symbols" });
        await Assertions.Expect(delete).ToBeDisabledAsync();
        await dialog.GetByLabel("Type 3 to confirm").FillAsync("3");
        (await page.ViolationsAsync()).ShouldBeEmpty();
        await delete.ClickAsync();

        await Assertions.Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("SPY is being enriched.");
        await Assertions.Expect(dialog.GetByText("3 of 3 symbols, 1 refused")).ToBeVisibleAsync();
        (await page.ViolationsAsync()).ShouldBeEmpty();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Try these again" }).ClickAsync();
        await Assertions.Expect(dialog).ToHaveCountAsync(0);
        await Assertions.Expect(page.Page.Locator("tbody a", new() { HasTextRegex = new Regex("SPY|QQQ|IWM") })).ToHaveCountAsync(0);
        dashboard.Api.Actions.Count(action => Regex.IsMatch(action, @"^DELETE /api/v1/admin/symbols/(SPY|QQQ|IWM)\?purge=true")).ShouldBe(4);
    }

    [Fact]
    public async Task Chosen_symbols_are_run_together_given_the_same_intervals_and_deactivated()
    {
        await using var page = await dashboard.OpenAsync("symbols");
        await ChooseAsync(page, "AMZN", "NVDA");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true }).ClickAsync();
        await AskedAsync("""POST /api/v1/enrichment/trigger {"symbols":["AMZN","NVDA"]}""");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Group, new() { Name = "What to do with the chosen symbols" })).ToHaveCountAsync(0);

        await ChooseAsync(page, "AMZN", "NVDA");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Intervals…" }).ClickAsync();
        var dialog = await page.DialogAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "1w", Exact = true }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Set for 2 symbols" }).ClickAsync();
        await AskedAsync("""PUT /api/v1/admin/symbols/AMZN {"timeframes":["1d","1w"]}""");
        await AskedAsync("""PUT /api/v1/admin/symbols/NVDA {"timeframes":["1d","1w"]}""");

        await ChooseAsync(page, "AMZN", "NVDA");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Deactivate…" }).ClickAsync();
        await (await page.DialogAsync()).GetByRole(AriaRole.Button, new() { Name = "Deactivate 2 symbols" }).ClickAsync();
        await Assertions.Expect(page.Page.Locator("tbody .badge", new() { HasText = "Inactive" })).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Nothing_is_cut_at_any_width_and_a_phone_shows_cards_with_what_is_wrong_first()
    {
        var symbols = dashboard.Api.World.Symbols;
        var at = symbols.FindIndex(symbol => symbol.Symbol == "V");
        symbols[at] = symbols[at] with
        {
            Name = LongName,
            RecordsAvailable = 12_345_678,
            Timeframes = [.. EveryInterval.Select(interval => symbols[at].Timeframes[0] with { Timeframe = interval })],
        };
        await using var page = await dashboard.OpenAsync("symbols", 1440, 900);
        foreach (var (width, dark) in new[] { (1440, false), (1024, true), (1280, false) })
        {
            await ShowAsync(page, width, dark);
            await NothingIsCutAsync(page, width);
        }

        await page.ShouldBeSoundAsync();
        await ShowAsync(page, 390, dark: true);
        await page.GoAsync("symbols");
        var first = page.Page.Locator("tbody tr:has(td)").First;
        await Assertions.Expect(first).ToContainTextAsync("JNJ");
        await Assertions.Expect(first.GetByText("Polygon answered 404: ticker not found")).ToBeVisibleAsync();
        await NothingIsCutAsync(page, 390);
        await page.Page.GetByLabel("Order").SelectOptionAsync("symbol");
        await Assertions.Expect(first).ToContainTextAsync("AAPL");
        await page.ShouldBeSoundAsync();
    }

    // Cells whose content does not fit them, and the table where it does not fit its box.
    // The server draws the rows that a window of another size shows.
    private static async Task NothingIsCutAsync(DashboardPage page, int width)
    {
        string[] cut;
        var waited = Stopwatch.StartNew();
        do
            cut = await CutAsync(page);
        while (cut.Length > 0 && waited.Elapsed < TimeSpan.FromSeconds(20));
        cut.ShouldBeEmpty($"{width} px");
    }

    [Fact]
    public async Task Candles_of_the_chosen_symbols_are_exported_in_one_file()
    {
        await using var page = await dashboard.OpenAsync("symbols");
        await ChooseAsync(page, "META", "MSFT", "NVDA");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Export…" }).PressAsync("Enter");
        var dialog = await page.DialogAsync();
        await Assertions.Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Remove NVDA" })).ToBeVisibleAsync();
        await Assertions.Expect(dialog.GetByRole(AriaRole.Link, new() { Name = "Download" }))
            .ToHaveAttributeAsync("href", new Regex("symbols=META(,|%2C)MSFT(,|%2C)NVDA.*timeframe=1d"));
        await page.ShouldBeSoundAsync();
    }

    private static Task<string[]> CutAsync(DashboardPage page) => page.Page.EvaluateAsync<string[]>(
        """
        () => [...document.querySelectorAll('.virtual, .symbols td, .symbols .cell-sub')]
            .filter(e => e.offsetParent && (e.scrollWidth > e.clientWidth + 1 || (e.matches('.cell-sub') && e.scrollHeight > e.clientHeight + 1)))
            .map(e => `${e.className}: ${e.innerText} ${e.scrollWidth}/${e.clientWidth}`)
        """);

    private static async Task ShowAsync(DashboardPage page, int width, bool dark)
    {
        await page.Page.SetViewportSizeAsync(width, 844);
        await page.Page.EmulateMediaAsync(new() { ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light });
    }

    private static async Task ChooseAsync(DashboardPage page, params string[] symbols)
    {
        foreach (var symbol in symbols)
        {
            var box = page.Page.GetByLabel($"Choose {symbol}", new() { Exact = true });
            await box.PressAsync("Space");
            await Assertions.Expect(box).ToBeCheckedAsync();
        }
    }

    private Task AskedAsync(string request) => Eventually.BecomesAsync(
        () => dashboard.Api.Actions.Any(action => action.StartsWith(request, StringComparison.Ordinal)), TimeSpan.FromSeconds(30), _cancellation);
}
