using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;

namespace MarketData.Domain.Tests.Validation;

public sealed class StructuralCheckTests
{
    private static readonly DateTime Now = new(2024, 6, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly Candle Good = new()
    {
        Timestamp = new DateTime(2024, 5, 28, 0, 0, 0, DateTimeKind.Utc),
        Open = 10,
        High = 12,
        Low = 9,
        Close = 11,
        Volume = 100,
    };

    public static TheoryData<string, Candle> BrokenCandles => new()
    {
        { "ohlc_order", Good with { High = 10.5 } },
        { "ohlc_order", Good with { Low = 10.5 } },
        { "ohlc_order", Good with { Low = 13 } },
        { "non_positive_price", Good with { Low = 0 } },
        { "non_positive_price", Good with { Open = -1 } },
        { "negative_volume", Good with { Volume = -1 } },
        { "not_finite", Good with { Close = double.NaN } },
        { "not_finite", Good with { High = double.PositiveInfinity } },
        { "not_finite", Good with { Volume = double.NaN } },
        { "off_grid", Good with { Timestamp = Good.Timestamp.AddHours(4) } },
        { "off_grid", Good with { Timestamp = new DateTime(2024, 5, 27, 0, 0, 0, DateTimeKind.Utc) } },
        { "off_grid", Good with { Timestamp = new DateTime(1900, 1, 2, 0, 0, 0, DateTimeKind.Utc) } },
        { "future", Good with { Timestamp = Now.AddDays(2) } },
    };

    [Theory]
    [MemberData(nameof(BrokenCandles))]
    public void A_broken_candle_is_set_aside_with_the_rule_and_its_neighbours_are_kept(string rule, Candle broken)
    {
        var neighbour = Good with { Timestamp = Good.Timestamp.AddDays(1) };
        var (kept, rejected) = Separate(broken, neighbour);
        kept.ShouldBe([neighbour]);
        rejected.ShouldHaveSingleItem().Reason.ShouldBe(rule);
        rejected[0].Close.ShouldBe(broken.Close);
    }

    [Fact]
    public void Two_different_candles_for_one_instant_are_both_set_aside()
    {
        var (kept, rejected) = Separate(Good, Good with { Close = 10.5 });
        kept.ShouldBeEmpty();
        rejected.Select(bar => bar.Reason).ShouldBe(["duplicate_conflict", "duplicate_conflict"]);
    }

    [Fact]
    public void An_equal_repeat_counts_once() => Separate(Good, Good).Kept.ShouldBe([Good]);

    [Fact]
    public void Each_structural_rule_has_one_id() => ValidationRules.Structural.Select(rule => rule.Id).ShouldBeUnique();

    private static (Candle[] Kept, IReadOnlyList<RejectedBar> Rejected) Separate(params Candle[] candles) =>
        StructuralCheck.Separate(candles, TradingCalendar.UsEquities, BarInterval.OneDay, Now);
}
