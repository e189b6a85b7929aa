using MarketData.Domain.Adjustments;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Quality;
using MarketData.Domain.Validation;

namespace MarketData.Domain.Tests.RealData;

public sealed class RealSeriesTests
{
    private static readonly TradingCalendar Xnys = TradingCalendar.UsEquities;
    private static readonly DateTime Now = new(2026, 11, 24, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Twenty_years_of_the_SP500_have_no_gap_and_no_unexpected_session()
    {
        var candles = RealSeries.Daily("sp500-daily-2000-2020.csv");
        var gaps = Gaps.Find(
            candles.Select(candle => candle.Timestamp), candles[0].Timestamp, candles[^1].Timestamp.AddDays(1), Xnys, BarInterval.OneDay);
        gaps.ShouldBeEmpty();
        candles.Where(candle => !Xnys.IsExpected(candle.Timestamp, BarInterval.OneDay)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("aapl")]
    [InlineData("ibm")]
    [InlineData("bac")]
    public void Real_candles_pass_the_structural_rules(string name)
    {
        var candles = RealSeries.Daily($"{name}-daily-unadjusted.csv");
        var (kept, rejected) = StructuralCheck.Separate(candles, Xnys, BarInterval.OneDay, Now);
        rejected.ShouldBeEmpty();
        kept.ShouldBe(candles);
    }

    [Fact]
    public void Four_splits_of_Apple_are_suspected_and_one_crash_is_an_anomaly()
    {
        var scored = Score(RealSeries.Daily("aapl-daily-unadjusted.csv"), []);
        Dates(scored, CandleIssues.SuspectedSplit).ShouldBe(["2000-06-21", "2005-02-28", "2014-06-09", "2020-08-31"]);
        Dates(scored, CandleIssues.PriceAnomaly).ShouldBe(["2000-09-29"]);
    }

    [Fact]
    public void A_recorded_split_explains_the_jump()
    {
        var candles = RealSeries.Daily("aapl-daily-unadjusted.csv");
        var (splits, _) = RealSeries.Actions("aapl-factors.csv", candles);
        var scored = Score(candles, splits);
        Dates(scored, CandleIssues.SuspectedSplit).ShouldBeEmpty();
        Dates(scored, CandleIssues.PriceAnomaly).ShouldBe(["2000-09-29"]);
    }

    [Theory]
    [InlineData("aapl")]
    [InlineData("ibm")]
    [InlineData("bac")]
    public void Splits_and_dividends_give_the_published_factors(string name)
    {
        var candles = RealSeries.Daily($"{name}-daily-unadjusted.csv");
        var (splits, dividends) = RealSeries.Actions($"{name}-factors.csv", candles);
        var factors = AdjustmentFactors.Of(splits, dividends);
        var published = RealSeries.Factors($"{name}-factors.csv");
        foreach (var candle in candles)
        {
            var date = DateOnly.FromDateTime(candle.Timestamp);
            var expected = published.First(row => date <= row.Through);
            factors.Adjust(candle).Close.ShouldBe(candle.Close * expected.Price * expected.Split, candle.Close * 1e-6);
        }
    }

    private static ScoredCandle[] Score(Candle[] candles, IReadOnlyList<StockSplit> splits) => CandleScorer.Score(
        [],
        candles,
        [],
        new ScoringContext
        {
            Instrument = new Instrument(Symbol.Parse("AAPL"), AssetClass.Stock),
            Interval = BarInterval.OneDay,
            Splits = AdjustmentFactors.Of(splits),
        });

    private static IEnumerable<string> Dates(IEnumerable<ScoredCandle> scored, CandleIssues issue) =>
        scored.Where(candle => (candle.Issues & issue) != 0).Select(candle => $"{candle.Candle.Timestamp:yyyy-MM-dd}");
}
