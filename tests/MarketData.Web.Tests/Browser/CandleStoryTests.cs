using System.Text.RegularExpressions;
using MarketData.Web.Tests.Fakes;
using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>How a candle came to have its values, from the chart and from what was revised.</summary>
public sealed partial class CandleStoryTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    [Theory]
    [InlineData(1440, false)]
    [InlineData(390, true)]
    public async Task A_revision_shows_before_after_difference_cause_and_run_and_leads_to_the_story(int width, bool dark)
    {
        await using var page = await dashboard.OpenAsync("symbols/AAPL", width, 900, dark);
        await page.Page.GetByRole(AriaRole.Button, new() { NameRegex = Revisions() }).PressAsync("Enter");
        var row = page.Page.GetByRole(AriaRole.Region, new() { Name = "List of findings" }).Locator("tbody tr");
        foreach (var text in (string[])["Yahoo took the place of Polygon (Massive)", "182.90", "183.70", "+0.44", "volume 52M → 54M"])
            await Assertions.Expect(row).ToContainTextAsync(text);
        await Assertions.Expect(row.GetByRole(AriaRole.Link, new() { Name = "Nightly" })).ToHaveAttributeAsync("href", $"jobs/{FakeStories.Run}");

        await page.FollowAsync(row.GetByRole(AriaRole.Link).First, "AAPL 20");

        var versions = page.Page.GetByRole(AriaRole.Region, new() { Name = "Versions" });
        await Assertions.Expect(versions.Locator("tbody tr")).ToContainTextAsync(
            ["Fetched from Polygon (Massive)", "Polygon (Massive) corrected it", "Yahoo took the place of Polygon (Massive)"]);
        await Assertions.Expect(versions.Locator("tbody tr").First).ToContainTextAsync("not on record any more");
        await Assertions.Expect(versions.Locator("tbody tr").Last).ToContainTextAsync("+0.43");
        await Assertions.Expect(versions.GetByRole(AriaRole.Link, new() { Name = "Nightly" }).First).ToHaveAttributeAsync("href", "job/10000");
        var main = page.Page.GetByRole(AriaRole.Main);
        foreach (var text in (string[])["−0.15", "volume anomaly", "Split 4:1, prices × 0.25", "1 candle compared, 0 more than half a percent apart"])
            await Assertions.Expect(main).ToContainTextAsync(text);
        await page.ShouldBeSoundAsync();
        var adjustments = page.Page.Locator(".panel", new() { HasText = "Adjusted by" }).Locator("li");
        await Assertions.Expect(adjustments).ToHaveCountAsync(8);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Show all 13" }).PressAsync("Enter");
        await Assertions.Expect(adjustments).ToHaveCountAsync(13);
    }

    [Fact]
    public async Task The_chart_leads_to_the_story_of_a_candle_by_keyboard()
    {
        await using var page = await dashboard.OpenAsync("symbols/AAPL");
        await page.BecomesAsync("() => document.querySelector('.price')?.dataset.state === 'ready' && document.querySelector('.price').dataset.last");
        await page.Page.Locator("[data-part=plot]").FocusAsync();
        await page.Page.Keyboard.PressAsync("ArrowLeft");
        await page.Page.Keyboard.PressAsync("ArrowLeft");
        var spoken = await page.Page.Locator("[data-part=spoken]").InnerTextAsync();
        await Assertions.Expect(page.Page.Locator("[data-part=story]")).ToContainTextAsync("Story of ");

        await page.Page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(page.Page).ToHaveURLAsync(Story());
        var at = DateTimeOffset.Parse(Uri.UnescapeDataString(Story().Match(page.Page.Url).Groups["at"].Value), System.Globalization.CultureInfo.InvariantCulture);
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync($"AAPL {at:yyyy-MM-dd}, 1d");
        spoken.ShouldContain(at.Day.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task What_was_refused_is_told_where_no_candle_is()
    {
        await using var page = await dashboard.OpenAsync("symbols/AAPL/candle?timeframe=1h&at=2019-01-02T14:30:00Z");
        await Assertions.Expect(page.Page.GetByText("No candle was stored at this time: what came was refused.")).ToBeVisibleAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Main)).ToContainTextAsync("high 170 is below open 180, seen 2 times");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("AAPL 2019-01-02 14:30 UTC, 1h");
        await page.ShouldBeSoundAsync();
    }

    [GeneratedRegex("^Revisions")]
    private static partial Regex Revisions();

    [GeneratedRegex(@"/symbols/AAPL/candle\?timeframe=1d&at=(?<at>[^&]+)$")]
    private static partial Regex Story();
}
