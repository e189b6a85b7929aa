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
        CandleScorer.Score([], without, Context(Stock) with { HasVolume = false })
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
        ValidationRules.Score((CandleIssues)0xFF).ShouldBe(0);
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
        CandleScorer.Score([], candles, context).Select(candle => candle.Issues)
            .ShouldBe([CandleIssues.None, CandleIssues.ProviderDisagreement, CandleIssues.None]);
    }

    [Fact]
    public void Notes_read_back_as_the_issues_that_they_name() =>
        Gen.Int[0, 255].Select(bits => (CandleIssues)bits).Sample(issues => ValidationRules.Parse(ValidationRules.Notes(issues)) == issues);

    [Fact]
    public void Scoring_in_parts_gives_what_scoring_at_once_gives() => Gen.Select(Gen.Int[1, 199], Gen.Double[0.3, 3].Array[200]).Sample(
        (cut, ratios) =>
        {
            var candles = Quiet(Crypto, 200).Select((candle, i) => Scale(candle, ratios[i]) with { Volume = ratios[i] * ratios[i] * 100 }).ToArray();
            var parts = Score(Crypto, candles[..cut]).Concat(CandleScorer.Score(
                candles.AsSpan(Math.Max(0, cut - CandleScorer.LookBack)..cut), candles.AsSpan(cut), Context(Crypto)));
            return Score(Crypto, candles).SequenceEqual(parts);
        },
        iter: 200);

    private static ScoredCandle[] Score(Instrument instrument, Candle[] candles, IReadOnlyList<StockSplit>? splits = null) =>
        CandleScorer.Score([], candles, Context(instrument) with { Splits = splits ?? [] });

    private static ScoringContext Context(Instrument instrument) => new() { Instrument = instrument, Interval = BarInterval.OneDay };

    private static Candle[] Quiet(Instrument instrument, int count)
    {
        var calendar = TradingCalendar.For(instrument.AssetClass);
        var start = new DateTime(2024, 3, 1, 0, 0, 0, DateTimeKind.Utc);
        return [.. calendar.Expected(start, start.AddYears(1), BarInterval.OneDay).Take(count).Select((instant, i) =>
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
