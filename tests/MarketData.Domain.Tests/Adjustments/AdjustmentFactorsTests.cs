using System.Globalization;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Domain.Tests.Adjustments;

public sealed class AdjustmentFactorsTests
{
    private static readonly Candle Before = new()
    {
        Timestamp = new DateTime(2020, 8, 28, 0, 0, 0, DateTimeKind.Utc),
        Open = 504.05,
        High = 505.77,
        Low = 498.31,
        Close = 499.23,
        Volume = 46_907_479,
    };

    [Fact]
    public void A_split_divides_earlier_prices_and_multiplies_earlier_volumes()
    {
        var factors = AdjustmentFactors.Of([new StockSplit(new DateOnly(2020, 8, 31), 1, 4)]);
        var adjusted = factors.Adjust(Before);
        adjusted.Close.ShouldBe(499.23 / 4);
        adjusted.Volume.ShouldBe(46_907_479 * 4.0);
        var exDate = Before with { Timestamp = Before.Timestamp.AddDays(3) };
        factors.Adjust(exDate).ShouldBe(exDate);
    }

    [Fact]
    public void A_dividend_scales_earlier_prices_by_its_share_of_the_close_before() =>
        AdjustmentFactors.Of([], [(new DateOnly(2020, 8, 31), 5.0, 500.0)]).Adjust(Before).Close.ShouldBe(499.23 * 0.99);

    [Fact]
    public void Factors_of_later_actions_multiply_up()
    {
        var factors = AdjustmentFactors.Of(
            [new StockSplit(new DateOnly(2014, 6, 9), 1, 7), new StockSplit(new DateOnly(2020, 8, 31), 1, 4)],
            [(new DateOnly(2014, 6, 9), 1.0, 100.0), (new DateOnly(2021, 1, 4), 1.0, 10.0)]);
        factors.On(new DateOnly(2014, 6, 8)).ShouldBe((28, 0.99 * 0.9));
        factors.On(new DateOnly(2014, 6, 9)).ShouldBe((4, 0.9));
        factors.On(new DateOnly(2020, 12, 31)).ShouldBe((1, 0.9));
        factors.On(new DateOnly(2021, 1, 4)).ShouldBe((1, 1));
    }

    [Theory]
    [InlineData("BHP.AX", "2024-01-16", "2024-01-15T04:00", true)]
    [InlineData("BHP.AX", "2024-01-16", "2024-01-15T23:00", false)] // summer: the session opens on the day before, by UTC
    [InlineData("BHP.AX", "2024-07-16", "2024-07-15T05:00", true)]
    [InlineData("BHP.AX", "2024-07-16", "2024-07-16T00:00", false)]
    [InlineData("7203.T", "2024-01-16", "2024-01-15T05:30", true)]
    [InlineData("7203.T", "2024-01-16", "2024-01-16T00:00", false)]
    [InlineData("AAPL", "2024-01-16", "2024-01-12T20:30", true)]
    [InlineData("AAPL", "2024-01-16", "2024-01-16T14:30", false)]
    public void An_ex_date_begins_with_its_session(string symbol, string exDate, string opening, bool isBefore)
    {
        var calendar = TradingCalendar.For(new Instrument(Symbol.Parse(symbol), AssetClass.Stock));
        var factors = AdjustmentFactors.Of([new StockSplit(DateOnly.Parse(exDate, CultureInfo.InvariantCulture), 1, 2)])
            .For(calendar, BarInterval.OneHour);
        var candle = Before with { Timestamp = DateTime.SpecifyKind(DateTime.Parse(opening, CultureInfo.InvariantCulture), DateTimeKind.Utc) };
        factors.Adjust(candle).Close.ShouldBe(isBefore ? candle.Close / 2 : candle.Close);
    }

    [Fact]
    public void Days_are_of_their_stamps_date_on_every_exchange()
    {
        var calendar = TradingCalendar.For(new Instrument(Symbol.Parse("BHP.AX"), AssetClass.Stock));
        var factors = AdjustmentFactors.Of([new StockSplit(new DateOnly(2024, 1, 16), 1, 2)]).For(calendar, BarInterval.OneDay);
        factors.Adjust(Before with { Timestamp = new DateTime(2024, 1, 15, 0, 0, 0, DateTimeKind.Utc) }).Close.ShouldBe(Before.Close / 2);
        factors.Adjust(Before with { Timestamp = new DateTime(2024, 1, 16, 0, 0, 0, DateTimeKind.Utc) }).Close.ShouldBe(Before.Close);
    }

    [Fact]
    public void Without_actions_a_candle_stays_as_it_is() => AdjustmentFactors.Of([]).Adjust(Before).ShouldBe(Before);
}
