using MarketData.Web.Presentation;

namespace MarketData.Web.Tests.Presentation;

public sealed class ChartChoiceTests
{
    [Fact]
    public void An_address_is_read_back_as_what_it_was_made_of()
    {
        var choice = new ChartChoice
        {
            Timeframe = "1h",
            Features = ["ema", "macd"],
            Part = new(new(2026, 3, 2, 14, 30, 0, TimeSpan.Zero), new(2026, 4, 1, 20, 0, 0, TimeSpan.Zero)),
            Adjusted = false,
            Scale = "index",
            Compared = "BRK.B",
        };

        var address = choice.Address("^GSPC");

        address.ShouldBe(
            "symbols/%5EGSPC?timeframe=1h&show=ema,macd&from=2026-03-02T14:30:00Z&to=2026-04-01T20:00:00Z&adjusted=none&scale=index&with=BRK.B");
        ChartChoice.Read("1h", "ema,macd", null, "2026-03-02T14:30:00Z", "2026-04-01T20:00:00Z", "none", "index", "BRK.B").Address("^GSPC").ShouldBe(address);
    }

    [Theory]
    [InlineData("5y", null, null, "linear")]
    [InlineData("all", "2026-03-02", "2026-01-02", "cubic")]
    [InlineData("1y", "soon", "later", "")]
    public void What_is_not_understood_is_as_if_it_were_not_there(string range, string? from, string? to, string scale)
    {
        var choice = ChartChoice.Read("5m", null, range, from, to, "all", scale, " ");

        choice.Address("AAPL").ShouldBe(range == "1y" ? "symbols/AAPL?timeframe=5m&show=sma,rsi&range=1y" : "symbols/AAPL?timeframe=5m&show=sma,rsi");
    }

    [Theory]
    [InlineData("5m")]
    [InlineData("30m")]
    [InlineData("4h")]
    [InlineData("1d")]
    [InlineData("1w")]
    public void What_an_interval_begins_with_is_among_what_it_offers(string timeframe) =>
        ChartChoice.RangesOf(timeframe).ShouldContain(range => range.Range == ChartChoice.FirstRange(timeframe));
}
