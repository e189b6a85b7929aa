using Bunit;
using MarketData.Web.Api;
using MarketData.Web.Components.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace MarketData.Web.Tests.Components;

public sealed class CalendarHeatMapTests : BunitContext
{
    public CalendarHeatMapTests() => Services.AddSingleton<TimeProvider>(new FakeTimeProvider(new DateTimeOffset(2026, 1, 9, 12, 0, 0, TimeSpan.Zero)));

    [Fact]
    public void Each_day_of_the_newest_year_is_a_square_in_its_tone()
    {
        var map = Show(Day("2025-12-31", 1, 1), Day("2026-01-02", 1, 1), Day("2026-01-05", 78, 77), Day("2026-01-06", 78, 10), Day("2026-01-07", 1, 0));

        map.FindAll("rect").Count.ShouldBe(365);
        map.FindAll("rect.heat-full").Count.ShouldBe(1);
        map.Find("rect.heat-most title").TextContent.ShouldBe("Mon 2026-01-05: 77 of 78 candles");
        map.Find("rect.heat-some title").TextContent.ShouldContain("10 of 78");
        map.Find("rect.heat-none title").TextContent.ShouldContain("2026-01-07");
        map.Find(".heat-note").TextContent.ShouldBe("2026: 1 of 4 trading days complete.");
    }

    [Fact]
    public void Only_between_the_days_that_were_judged_is_a_day_without_candles_a_closed_one()
    {
        var map = Show(Day("2026-01-02", 1, 1), Day("2026-01-05", 1, 1), Day("2026-01-07", 1, 1));

        map.FindAll("rect.heat-closed title").Select(title => title.TextContent[4..14]).ShouldBe(["2026-01-03", "2026-01-04", "2026-01-06"]);
        var open = map.FindAll("rect.heat-ahead title").Select(title => title.TextContent[4..]).ToList();
        open[0].ShouldBe("2026-01-01: before the first candle");
        open[1].ShouldBe("2026-01-08: not judged yet");
        open[3].ShouldBe("2026-01-10: still to come");
        open.Count.ShouldBe(1 + 365 - 7);
    }

    [Fact]
    public void Another_year_is_one_click_away()
    {
        var map = Show(Day("2024-02-29", 1, 1), Day("2026-01-02", 1, 1));

        map.FindAll("button").Single(button => button.TextContent == "2024").Click();

        map.FindAll("rect").Count.ShouldBe(366);
        map.Find("rect.heat-full title").TextContent.ShouldContain("Thu 2024-02-29");
    }

    [Fact]
    public void Without_a_day_it_says_so() => Show().Markup.ShouldContain("No day judged yet.");

    private IRenderedComponent<CalendarHeatMap> Show(params DailyQuality[] days) =>
        Render<CalendarHeatMap>(parameters => parameters.Add(map => map.Days, days));

    private static DailyQuality Day(string date, int expected, int stored) => new(
        "1d", DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture), stored, stored, 0, expected, 1, 0, 0, 1, (double)stored / expected);
}
