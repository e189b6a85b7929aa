using System.Collections.Concurrent;
using System.Globalization;
using MarketData.Testing;
using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>A symbol's page: its chart above all.</summary>
public sealed class SymbolPageTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    [Fact]
    public async Task Candles_are_drawn_with_what_was_found_and_read_out_under_the_pointer()
    {
        await using var page = await OpenAsync("symbols/AAPL");

        (await InkAsync(page)).ShouldBeGreaterThan(2_000);
        var readout = page.Page.Locator("[data-part=readout]");
        await Assertions.Expect(readout).ToContainTextAsync("SMA 20");
        await Assertions.Expect(readout).ToContainTextAsync("Vol");
        var newest = await readout.InnerTextAsync();

        await page.Page.Locator("[data-part=plot]").HoverAsync(new() { Position = new() { X = 200, Y = 120 } });
        await Assertions.Expect(readout).Not.ToHaveTextAsync(newest);

        await Assertions.Expect(page.Page.Locator(".panel-chart .legend")).ToContainTextAsync("1 gap");
        await Assertions.Expect(page.Page.GetByText("trading days complete.").First).ToBeVisibleAsync();
        await page.ShouldBeSoundAsync();
    }

    [Theory]
    [InlineData(429, 7, "Too many requests; again in 7 s.")]
    [InlineData(401, null, "Sign in with an API key to see this.")]
    [InlineData(502, null, "The API can't be reached.")]
    public async Task A_chart_that_is_refused_says_why_and_comes_when_it_is_asked_for_again(int status, int? retryAfter, string words)
    {
        dashboard.Api.Refusal = ("/api/v1/historical", status, retryAfter);
        await using var page = await dashboard.OpenAsync("symbols/AAPL");
        await Assertions.Expect(page.Page.Locator("[data-part=reason]")).ToHaveTextAsync(words);

        dashboard.Api.Refusal = null;
        await page.Page.Locator("[data-part=note]").GetByRole(AriaRole.Button).ClickAsync();

        await Assertions.Expect(page.Page.Locator("[data-part=readout]")).ToContainTextAsync("Vol");
    }

    [Fact]
    public async Task A_split_that_is_not_applied_is_shown_with_the_reason()
    {
        await using var page = await OpenAsync("symbols/AAPL");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Splits and dividends" }).ClickAsync();
        var row = page.Page.GetByRole(AriaRole.Row, new() { Name = "2021-03-09" });
        await Assertions.Expect(row).ToContainTextAsync("Split not applied: disputed");
        await Assertions.Expect(row).ToContainTextAsync("The price shows no such change within ten sessions.");
    }

    [Fact]
    public async Task A_split_is_confirmed_moved_and_added_from_the_page()
    {
        await using var page = await OpenAsync("symbols/AAPL");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Splits and dividends" }).ClickAsync();
        var row = page.Page.GetByRole(AriaRole.Row, new() { Name = "2021-03-09" });
        await row.GetByRole(AriaRole.Button, new() { Name = "Confirm" }).ClickAsync();
        await Assertions.Expect(page.Page.Locator(".mud-snackbar").First).ToContainTextAsync("adjusted by it from now on");

        await row.GetByRole(AriaRole.Button, new() { Name = "Move…" }).ClickAsync();
        var dialog = await page.DialogAsync();
        await dialog.GetByLabel("Ex-date").FillAsync("2021-03-11");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Move" }).ClickAsync();
        await Assertions.Expect(dialog).ToHaveCountAsync(0);

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Add…" }).ClickAsync();
        dialog = await page.DialogAsync();
        await dialog.GetByLabel("Ex-date").FillAsync("2022-06-01");
        await dialog.GetByLabel("New shares").FillAsync("3");
        await page.ShouldBeSoundAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await Assertions.Expect(dialog).ToHaveCountAsync(0);

        dashboard.Api.Actions.Where(action => action.Contains("corporate-actions", StringComparison.Ordinal)).Select(action => action.Split(' ')[0]).ShouldBe(["PUT", "PUT", "POST"]);
        dashboard.Api.Actions.ShouldContain(action => action.Contains("2021-03-11", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_symbol_is_is_shown_with_where_that_is_known_from()
    {
        await using var page = await OpenAsync("symbols/AAPL");
        var facts = page.Page.GetByRole(AriaRole.Region, new() { Name = "Facts of the instrument" });
        await Assertions.Expect(facts.GetByRole(AriaRole.Row, new() { Name = "Exchange" })).ToContainTextAsync("New York (XNYS)");
        await Assertions.Expect(facts.GetByRole(AriaRole.Row, new() { Name = "Exchange" })).ToContainTextAsync("The symbol's name");
        var names = page.Page.GetByRole(AriaRole.Region, new() { Name = "What providers call it" });
        await Assertions.Expect(names.GetByRole(AriaRole.Row, new() { Name = "APPL" })).ToContainTextAsync("1999-12-31");
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Twenty_years_are_loaded_when_they_are_asked_for()
    {
        await using var page = await OpenAsync("symbols/AAPL");
        var requests = Historical(page);
        (await LoadedAsync(page)).ShouldBe(1_000);

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "All", Exact = true }).ClickAsync();
        await page.BecomesAsync("() => document.querySelector('.price').dataset.complete === 'true' && Number(document.querySelector('.price').dataset.inView) > 5000");

        requests.Count.ShouldBe(1);
        (await DataAsync(page, "first")).ShouldStartWith("2006-01-0");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "1Y", Exact = true }).ClickAsync();
        await page.BecomesAsync("() => Number(document.querySelector('.price').dataset.inView) < 300");
        requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_year_of_five_minute_bars_comes_in_pages()
    {
        await using var page = await OpenAsync("symbols/AAPL?timeframe=5m&show=bollinger,rsi");
        var requests = Historical(page);

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "1Y", Exact = true }).ClickAsync();
        await page.BecomesAsync("() => document.querySelector('.price').dataset.complete === 'true' && document.querySelector('.price').dataset.state === 'ready'");

        (await LoadedAsync(page)).ShouldBeGreaterThan(70_000);
        requests.Count.ShouldBeInRange(7, 9);
    }

    [Fact]
    public async Task Dragging_into_the_past_loads_older_bars_before_the_edge_is_reached()
    {
        await using var page = await OpenAsync("symbols/AAPL");
        var requests = Historical(page);
        var first = await DataAsync(page, "first");
        var plot = page.Page.Locator("[data-part=plot]");
        await plot.ScrollIntoViewIfNeededAsync();
        var box = (await plot.BoundingBoxAsync())!;

        for (var i = 0; i < 4; i++)
        {
            await page.Page.Mouse.MoveAsync(box.X + 100, box.Y + 100);
            await page.Page.Mouse.DownAsync();
            await page.Page.Mouse.MoveAsync(box.X + box.Width - 120, box.Y + 110, new() { Steps = 12 });
            await page.Page.Mouse.UpAsync();
        }

        await page.BecomesAsync("() => Number(document.querySelector('.price').dataset.loaded) > 1000");
        string.CompareOrdinal(await DataAsync(page, "first"), first).ShouldBeLessThan(0);
        requests.ShouldNotBeEmpty();
        requests.ShouldAllBe(request => request.Contains("end=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_keyboard_alone_zooms_pans_and_reads_candle_by_candle()
    {
        await using var page = await OpenAsync("symbols/AAPL");
        await page.Page.Locator("[data-part=plot]").FocusAsync();
        var inView = int.Parse(await DataAsync(page, "inView"), CultureInfo.InvariantCulture);

        await page.Page.Keyboard.PressAsync("+");
        await page.BecomesAsync($"() => Number(document.querySelector('.price').dataset.inView) < {inView}");
        await page.Page.Keyboard.PressAsync("ArrowLeft");
        await page.Page.Keyboard.PressAsync("ArrowLeft");

        await Assertions.Expect(page.Page.Locator("[data-part=spoken]")).ToContainTextAsync("Vol");
        var last = await DataAsync(page, "last");
        await page.Page.Keyboard.PressAsync("Shift+ArrowLeft");
        await page.BecomesAsync($"() => document.querySelector('.price').dataset.last < '{last}'");
    }

    [Fact]
    public async Task A_job_shows_while_it_works_and_what_it_stored_shows_when_it_ended()
    {
        await using var page = await OpenAsync("symbols/MSFT");
        var requests = Historical(page);
        var at = dashboard.Api.World.Symbols.FindIndex(symbol => symbol.Symbol == "MSFT");
        dashboard.Api.World.Symbols[at] = dashboard.Api.World.Symbols[at] with { Status = "running" };

        dashboard.Api.Publish("job", new { symbol = "MSFT", status = "running", step = "fetch" });
        await Assertions.Expect(page.Page.Locator(".page-head .badge")).ToHaveTextAsync("Running");

        dashboard.Api.World.Symbols[at] = dashboard.Api.World.Symbols[at] with { Status = "healthy" };
        dashboard.Api.Publish("job", new { symbol = "MSFT", status = "succeeded" });
        await Assertions.Expect(page.Page.Locator(".page-head .badge")).ToHaveTextAsync("Healthy");
        await Eventually.BecomesAsync(() => requests.Any(r => r.Contains("start=", StringComparison.Ordinal)), TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_symbol_that_is_not_tracked_can_be_added()
    {
        await using var page = await dashboard.OpenAsync("symbols/NOPE");

        await Assertions.Expect(page.Page.GetByText("NOPE is not tracked.")).ToBeVisibleAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Add NOPE…" })).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(360, true)]
    [InlineData(1280, false)]
    public async Task It_is_sound_on_a_phone_and_on_a_laptop(int width, bool dark)
    {
        await using var page = await dashboard.OpenAsync("symbols/BTC-USD?show=ema,macd", width, width < 500 ? 780 : 1200, dark);
        await ReadyAsync(page);
        await Assertions.Expect(page.Page.GetByText("trading days complete.").First).ToBeVisibleAsync();

        (await InkAsync(page)).ShouldBeGreaterThan(500);
        await page.ShouldBeSoundAsync();
    }

    private async Task<DashboardPage> OpenAsync(string path)
    {
        var page = await dashboard.OpenAsync(path);
        await ReadyAsync(page);
        return page;
    }

    private static Task ReadyAsync(DashboardPage page) =>
        page.BecomesAsync("() => document.querySelector('.price')?.dataset.state === 'ready' && Number(document.querySelector('.price').dataset.frames) > 0");

    private static ConcurrentQueue<string> Historical(DashboardPage page)
    {
        var requests = new ConcurrentQueue<string>();
        page.Page.Request += (_, request) =>
        {
            if (request.Url.Contains("/api/v1/historical/", StringComparison.Ordinal))
                requests.Enqueue(request.Url);
        };
        return requests;
    }

    private static async Task<string> DataAsync(DashboardPage page, string name) =>
        await page.Page.EvaluateAsync<string>("name => document.querySelector('.price').dataset[name]", name);

    private static async Task<int> LoadedAsync(DashboardPage page) => int.Parse(await DataAsync(page, "loaded"), CultureInfo.InvariantCulture);

    // Pixels of the canvas that are not background.
    private static Task<int> InkAsync(DashboardPage page) => page.Page.EvaluateAsync<int>(
        """
        () => {
            let ink = 0;
            for (const canvas of document.querySelectorAll('.price-canvas canvas')) {
                const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
                for (let i = 3; i < pixels.length; i += 4)
                    ink += pixels[i] > 0 ? 1 : 0;
            }
            return ink;
        }
        """);
}
