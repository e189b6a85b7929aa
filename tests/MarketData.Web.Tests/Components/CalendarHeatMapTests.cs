using Bunit;
using MarketData.Web.Api;
using MarketData.Web.Components.Shared;

namespace MarketData.Web.Tests.Components;

public sealed class CalendarHeatMapTests : BunitContext
{
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
