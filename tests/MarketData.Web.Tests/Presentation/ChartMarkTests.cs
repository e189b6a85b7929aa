using MarketData.Web.Api;
using MarketData.Web.Presentation;

namespace MarketData.Web.Tests.Presentation;

public sealed class ChartMarkTests
{
    private static readonly DateTimeOffset Day = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Everything_found_in_the_interval_is_marked_where_it_happened()
    {
        var marks = ChartMark.Of("1d", Report("1d"), [new("split", new DateOnly(2026, 11, 2), 1, 4, null, null, "polygon", Day)]);

        marks.Select(mark => mark.Kind).ShouldBe(["anomaly", "rejected", "revision", "split"]);
        marks.ShouldAllBe(mark => mark.Time == Day.ToUnixTimeMilliseconds());
        marks[0].Text.ShouldBe("Odd: price anomaly, gap before, score 0.550");
        marks[1].Text.ShouldBe("Rejected from Yahoo: high 170 is below open 180");
        marks[3].Label.ShouldBe("4:1");
        ChartGap.Of("1d", Report("1d")).ShouldHaveSingleItem().Text.ShouldContain("2 candles missing");
    }

    [Fact]
    public void What_was_found_in_another_interval_is_not_marked()
    {
        ChartMark.Of("1h", Report("1d"), []).ShouldBeEmpty();
        ChartGap.Of("1h", Report("1d")).ShouldBeEmpty();
    }

    [Fact]
    public void Features_that_belong_together_are_one_choice_and_unknown_ones_get_a_pane_of_their_own()
    {
        var catalogue = new[] { "sma_20", "bollinger_upper", "bollinger_lower", "delta", "brand_new" }.Select(name => new Feature(name, 1, "number", 0, [], "", "", false)).ToList();

        ChartFeature.For("stock", catalogue).Select(feature => (feature.Label, feature.Pane)).ShouldBe([("SMA 20", false), ("Bollinger", false), ("Brand new", true)]);
        ChartFeature.For("crypto", catalogue).Select(feature => feature.Label).ShouldContain("Delta");
    }

    private static QualityReport Report(string timeframe) => new(
        "AAPL", new DateOnly(2026, 1, 1), new DateOnly(2026, 11, 24), [], [],
        [new(timeframe, Day, Day.AddDays(1), 2, Day.AddDays(2), 0, null, null, null)],
        [new(timeframe, Day, 189.2, 4.1e8, "polygon", 0.55, ["price_anomaly", "gap_before"])],
        [new(timeframe, Day, 180, 170, 182, 181, 3e7, "yahoo", "ohlc_order", "high 170 is below open 180", Day, Day, 2)],
        [new(timeframe, Day, Day, Day.AddDays(1), 181.1, 183.4, 180.2, 182.9, 5.2e7, "polygon", 1, "corrected", null, null, null)]);
}
