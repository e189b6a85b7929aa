using MarketData.Domain.Candles;

namespace MarketData.Domain.Tests.Candles;

public sealed class TimeframeTests
{
    [Theory]
    [InlineData("2h", "2h", TimeframeUnit.Minute, 120)]
    [InlineData("120m", "2h", TimeframeUnit.Minute, 120)]
    [InlineData("90m", "90m", TimeframeUnit.Minute, 90)]
    [InlineData("12H", "12h", TimeframeUnit.Minute, 720)]
    [InlineData("3d", "3d", TimeframeUnit.Session, 3)]
    [InlineData("2W", "2w", TimeframeUnit.Week, 2)]
    [InlineData("1M", "1M", TimeframeUnit.Month, 1)]
    [InlineData("12M", "12M", TimeframeUnit.Month, 12)]
    [InlineData("2q", "2Q", TimeframeUnit.Month, 6)]
    [InlineData("1y", "1Y", TimeframeUnit.Month, 12)]
    public void A_length_that_is_not_stored_is_read(string text, string name, TimeframeUnit unit, int count)
    {
        var timeframe = Timeframe.Parse(text);
        (timeframe.Name, timeframe.Unit, timeframe.Count, timeframe.Stored).ShouldBe((name, unit, count, null));
        Timeframe.Parse(timeframe.Name).ShouldBe(timeframe);
        timeframe.Sources.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("60m", BarInterval.OneHour)]
    [InlineData("240m", BarInterval.FourHours)]
    [InlineData("1D", BarInterval.OneDay)]
    [InlineData("15M", BarInterval.FifteenMinutes)]
    [InlineData("1w", BarInterval.OneWeek)]
    public void One_that_is_stored_is_that(string text, BarInterval stored)
    {
        Timeframe.Parse(text).Stored.ShouldBe(stored);
        Timeframe.Parse(text).Sources.ShouldBe([stored]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("h")]
    [InlineData("1m")]
    [InlineData("7m")]
    [InlineData("725m")]
    [InlineData("13h")]
    [InlineData("24h")]
    [InlineData("31d")]
    [InlineData("27w")]
    [InlineData("5 M")]
    [InlineData("10M")]
    [InlineData("3Q")]
    [InlineData("2Y")]
    [InlineData("-2h")]
    [InlineData("99999999999h")]
    public void Another_is_refused(string? text) => Timeframe.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Every_stored_interval_that_fits_is_a_source_the_longest_first()
    {
        Timeframe.Parse("8h").Sources[0].ShouldBe(BarInterval.FourHours);
        Timeframe.Parse("2h").Sources.ShouldBe([BarInterval.OneHour, BarInterval.ThirtyMinutes, BarInterval.FifteenMinutes, BarInterval.FiveMinutes]);
        Timeframe.Parse("25m").Sources.ShouldBe([BarInterval.FiveMinutes]);
        Timeframe.Parse("1M").Sources[0].ShouldBe(BarInterval.OneDay);
        Timeframe.Parse("1M").Sources.ShouldNotContain(BarInterval.OneWeek);
    }
}
