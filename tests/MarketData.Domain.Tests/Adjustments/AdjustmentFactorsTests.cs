using MarketData.Domain.Adjustments;
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

    [Fact]
    public void Without_actions_a_candle_stays_as_it_is() => AdjustmentFactors.Of([]).Adjust(Before).ShouldBe(Before);
}
