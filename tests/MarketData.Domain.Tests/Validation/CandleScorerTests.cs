using CsCheck;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;

namespace MarketData.Domain.Tests.Validation;

public sealed class CandleScorerTests
{
    private static readonly Instrument Stock = new(Symbol.Parse("TEST"), AssetClass.Stock);
    private static readonly Instrument Crypto = new(Symbol.Parse("BTC-USD"), AssetClass.Crypto);

    [Fact]
    public void A_quiet_series_is_without_fault()
    {
        var scored = Score(Stock, Quiet(Stock, 80));
        scored.ShouldAllBe(candle => candle.Issues == CandleIssues.None && candle.Score == 1);
    }

    [Theory]
    [InlineData(0.79, CandleIssues.PriceAnomaly)]
    [InlineData(1.25, CandleIssues.PriceAnomaly)]
    [InlineData(0.5, CandleIssues.SuspectedSplit)]
    [InlineData(1.52, CandleIssues.SuspectedSplit)]
    [InlineData(20.1, CandleIssues.SuspectedSplit)]
    [InlineData(0.95, CandleIssues.None)]
    public void A_jump_is_an_anomaly_or_looks_like_a_split(double ratio, CandleIssues expected)
    {
        var candles = Quiet(Stock, 60);
        candles[59] = Scale(candles[59], ratio);
        Score(Stock, candles)[59].Issues.ShouldBe(expected);
    }

    [Fact]
    public void With_fewer_than_twenty_returns_before_it_a_jump_passes()
    {
        var candles = Quiet(Stock, 21);
        candles[20] = Scale(candles[20], 2);
        Score(Stock, candles)[20].Issues.ShouldBe(CandleIssues.None);
    }

    [Theory]
    [InlineData(100, 1)]
    [InlineData(0.01, 3)]
    [InlineData(0.1, 5)]
    [InlineData(10, 20)]
    [InlineData(1000, 20)]
    [InlineData(0.0009, 2)]
    public void A_stretch_in_another_unit_is_marked_and_not_the_return_from_it(double factor, int length)
    {
        foreach (var start in (int[])[3, 60, 75])
        {
            var candles = Quiet(Stock, 100);
            for (var i = start; i < start + length; i++)
                candles[i] = Scale(candles[i], factor);
            Marked(candles, CandleIssues.UnitShift).ShouldBe(Enumerable.Range(start, length));
            Score(Stock, candles).ShouldAllBe(candle => (candle.Issues & ~CandleIssues.UnitShift) == 0);
            // As long as nothing follows, its beginning stands out; by ten, it may be a split.
            var edge = Score(Stock, candles[..(start + length)]).Where(candle => candle.Issues != CandleIssues.None).ToList();
            if (factor is 10 or 0.1)
                edge.ShouldAllBe(candle => candle.Issues == CandleIssues.SuspectedSplit);
            else
                edge.Select(candle => (candle.Candle.Timestamp, candle.Score)).ShouldBe([(candles[start].Timestamp, 0.7)]);
        }
    }

    [Theory]
    [InlineData(100, CandleIssues.UnitShift)]
    [InlineData(0.001, CandleIssues.UnitShift)]
    [InlineData(10, CandleIssues.SuspectedSplit)]
    public void A_shift_that_stays_is_marked_at_its_edge(double factor, CandleIssues expected)
    {
        var candles = Quiet(Stock, 140);
        for (var i = 60; i < 140; i++)
            candles[i] = Scale(candles[i], factor);
        Marked(candles, expected).ShouldBe([60]);
        // It ends after more than twenty sessions: both are edges.
        for (var i = 81; i < 140; i++)
            candles[i] = Scale(candles[i], 1 / factor);
        Marked(candles, expected).ShouldBe([60, 81]);
    }

    [Fact]
    public void Of_levels_that_change_to_and_fro_the_rarer_is_in_another_unit()
    {
        var candles = Quiet(Stock, 100);
        foreach (var i in (int[])[60, 62, 63, 67])
            candles[i] = Scale(candles[i], 0.01);
        Marked(candles, CandleIssues.UnitShift).ShouldBe([60, 62, 63, 67]);
        var lasting = Quiet(Stock, 100);
        for (var i = 60; i < 72; i++)
            lasting[i] = Scale(lasting[i], i is 61 or 66 or 67 ? 1 : 100);
        Marked(lasting, CandleIssues.UnitShift).ShouldBe([60, 62, 63, 64, 65, 68, 69, 70, 71]);
    }

    [Fact]
    public void The_first_candles_of_a_series_are_judged_by_those_that_follow_once_they_are_there()
    {
        var candles = Quiet(Stock, 60);
        candles[4] = Scale(candles[4], 3.3);
        Marked(candles[..24], CandleIssues.PriceAnomaly).ShouldBe([]);
        Marked(candles[..26], CandleIssues.PriceAnomaly).ShouldBe([4, 5]);
        Marked(candles, CandleIssues.PriceAnomaly).ShouldBe([4, 5]);
    }

    [Theory]
    [InlineData(61, 15, CandleIssues.PossibleTickerReuse)]
    [InlineData(61, 0.6, CandleIssues.PossibleTickerReuse)]
    [InlineData(300, 100, CandleIssues.PossibleTickerReuse)]
    [InlineData(61, 1.1, CandleIssues.None)]
    [InlineData(60, 1.6, CandleIssues.PriceAnomaly)]
    public void Another_level_behind_a_long_gap_may_be_another_instrument(int sessions, double ratio, CandleIssues expected)
    {
        foreach (var before in (int[])[1, 40])
        {
            var candles = Quiet(Stock, 60 + sessions + 60);
            Candle[] pierced = [.. candles[..before], .. candles[(before + sessions)..].Select(candle => Scale(candle, ratio))];
            var scored = Score(Stock, pierced);
            scored[before].Issues.ShouldBe(expected | CandleIssues.GapBefore);
            scored.Where((_, i) => i != before).ShouldAllBe(candle => candle.Issues == CandleIssues.None);
        }
    }

    [Fact]
    public void A_recorded_split_is_no_jump_and_no_odd_volume()
    {
        var candles = Quiet(Stock, 60);
        for (var i = 40; i < 60; i++)
            candles[i] = Scale(candles[i], 1.0 / 20) with { Volume = candles[i].Volume * 20 };
        StockSplit[] splits = [new(DateOnly.FromDateTime(candles[40].Timestamp), 1, 20)];
        Score(Stock, candles)[40].Issues.ShouldBe(CandleIssues.SuspectedSplit | CandleIssues.VolumeAnomaly);
        Score(Stock, candles, splits)[40].Issues.ShouldBe(CandleIssues.None);
    }

    [Theory]
    [InlineData(10.1, CandleIssues.VolumeAnomaly)]
    [InlineData(0.09, CandleIssues.VolumeAnomaly)]
    [InlineData(9.9, CandleIssues.None)]
    [InlineData(0.11, CandleIssues.None)]
    public void An_odd_volume_is_noted(double ratio, CandleIssues expected)
    {
        var candles = Quiet(Stock, 30).Select(candle => candle with { Volume = 1000 }).ToArray();
        candles[25] = candles[25] with { Volume = 1000 * ratio };
        Score(Stock, candles)[25].Issues.ShouldBe(expected);
    }

    [Fact]
    public void No_volume_counts_against_a_stock_and_not_against_crypto()
    {
        Score(Stock, [.. Quiet(Stock, 5).Select(candle => candle with { Volume = 0 })]).ShouldAllBe(candle => candle.Issues == CandleIssues.ZeroVolume);
        Score(Crypto, [.. Quiet(Crypto, 5).Select(candle => candle with { Volume = 0 })]).ShouldAllBe(candle => candle.Issues == CandleIssues.None);
    }

    [Fact]
    public void No_volume_says_nothing_of_a_series_that_has_none()
    {
        Candle[] without = [.. Quiet(Stock, 5).Select(candle => candle with { Volume = 0 })];
        var index = new Instrument(Symbol.Parse("^VIX"), AssetClass.Stock);
        Score(index, without).ShouldAllBe(candle => candle.Issues == CandleIssues.None && candle.Score == 1);
        CandleScorer.Score([], without, [], Context(Stock) with { HasVolume = false })
            .ShouldAllBe(candle => candle.Issues == CandleIssues.None);
    }

    [Fact]
    public void A_flat_candle_that_repeats_is_noted_from_the_second_on()
    {
        var candles = Quiet(Stock, 3).Select(candle => candle with { Open = 5, High = 5, Low = 5, Close = 5 }).ToArray();
        Score(Stock, candles).Select(candle => candle.Issues).ShouldBe([CandleIssues.None, CandleIssues.FlatRepeat, CandleIssues.FlatRepeat]);
    }

    [Fact]
    public void The_candle_after_a_gap_says_so_and_a_weekend_is_none()
    {
        var candles = Quiet(Stock, 12);
        Candle[] pierced = [.. candles[..4], .. candles[5..]];
        Score(Stock, pierced).Select(candle => candle.Issues).ShouldBe(
            [.. Enumerable.Repeat(CandleIssues.None, 4), CandleIssues.GapBefore, .. Enumerable.Repeat(CandleIssues.None, 6)]);
    }

    [Fact]
    public void Penalties_add_up_and_never_go_below_zero()
    {
        ValidationRules.Score(CandleIssues.GapBefore).ShouldBe(0.85);
        ValidationRules.Score(CandleIssues.FallbackSource | CandleIssues.FlatRepeat).ShouldBe(0.85);
        ValidationRules.Score(CandleIssues.FallbackSource | CandleIssues.VolumeAnomaly).ShouldBe(0.80);
        ValidationRules.Score((CandleIssues)0x7FF).ShouldBe(0);
    }

    [Fact]
    public void Another_providers_close_more_than_half_a_percent_off_is_noted()
    {
        var candles = Quiet(Stock, 3);
        var context = Context(Stock) with
        {
            OtherCloses = new Dictionary<DateTime, double>
            {
                [candles[1].Timestamp] = candles[1].Close * 1.006,
                [candles[2].Timestamp] = candles[2].Close * 1.004,
            },
        };
        CandleScorer.Score([], candles, [], context).Select(candle => candle.Issues)
            .ShouldBe([CandleIssues.None, CandleIssues.ProviderDisagreement, CandleIssues.None]);
    }

    [Fact]
    public void Notes_read_back_as_the_issues_that_they_name() =>
        Gen.Int[0, 2047].Select(bits => (CandleIssues)bits).Sample(issues => ValidationRules.Parse(ValidationRules.Notes(issues)) == issues);

    [Fact]
    public void Scoring_in_parts_gives_what_scoring_at_once_gives() => Gen.Select(Gen.Int[1, 199], Gen.Double[0.3, 3].Array[200]).Sample(
        (cut, ratios) =>
        {
            var candles = Quiet(Crypto, 200).Select((candle, i) => Scale(candle, ratios[i]) with { Volume = ratios[i] * ratios[i] * 100 }).ToArray();
            var (from, to) = (Math.Max(0, cut - CandleScorer.LookBack), Math.Min(200, cut + CandleScorer.LookAhead));
            var first = CandleScorer.Score([], candles.AsSpan(..cut), candles.AsSpan(cut..to), Context(Crypto));
            var second = CandleScorer.Score(candles.AsSpan(from..cut), candles.AsSpan(cut), [], Context(Crypto));
            return Score(Crypto, candles).SequenceEqual(first.Concat(second));
        },
        iter: 200);

    private static ScoredCandle[] Score(Instrument instrument, Candle[] candles, IReadOnlyList<StockSplit>? splits = null) =>
        CandleScorer.Score([], candles, [], Context(instrument) with { Splits = AdjustmentFactors.Of(splits ?? []) });

    private static IEnumerable<int> Marked(Candle[] candles, CandleIssues issue) =>
        Score(Stock, candles).Index().Where(scored => (scored.Item.Issues & issue) != 0).Select(scored => scored.Index);

    private static ScoringContext Context(Instrument instrument) => new() { Instrument = instrument, Interval = BarInterval.OneDay };

    private static Candle[] Quiet(Instrument instrument, int count)
    {
        var calendar = TradingCalendar.For(instrument);
        var start = new DateTime(2024, 3, 1, 0, 0, 0, DateTimeKind.Utc);
        return [.. calendar.Expected(start, start.AddYears(3), BarInterval.OneDay).Take(count).Select((instant, i) =>
        {
            var price = 100 + Math.Sin(i);
            return new Candle { Timestamp = instant, Open = price, High = price + 1, Low = price - 1, Close = price + 0.5, Volume = 1000 + i };
        })];
    }

    private static Candle Scale(Candle candle, double ratio) => candle with
    {
        Open = candle.Open * ratio,
        High = candle.High * ratio,
        Low = candle.Low * ratio,
        Close = candle.Close * ratio,
    };
}
