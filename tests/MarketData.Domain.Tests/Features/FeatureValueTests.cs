using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;

namespace MarketData.Domain.Tests.Features;

/// <summary>Values worked out by hand, or by a plain second implementation.</summary>
public sealed class FeatureValueTests
{
    [Fact]
    public void Windowed_features_of_one_to_thirty()
    {
        var table = Series.Compute(Series.FromCloses([.. Enumerable.Range(1, 30).Select(i => (double)i)]));
        var sma = table.Column("sma_20");
        sma[18].ShouldBe(double.NaN);
        sma[19].ShouldBe(10.5);
        sma[29].ShouldBe(20.5);
        table.Column("bollinger_upper")[19].ShouldBe(10.5 + 2 * Math.Sqrt(399.0 / 12), 1e-12);
        table.Column("bollinger_lower")[19].ShouldBe(10.5 - 2 * Math.Sqrt(399.0 / 12), 1e-12);
        table.Column("rolling_volume_20")[19].ShouldBe(109.5);
        table.Column("rsi_14")[13].ShouldBe(double.NaN);
        table.Column("rsi_14")[14].ShouldBe(100);
        table.Column("atr")[14].ShouldBe(2);
        table.Column("trend_direction")[19].ShouldBe(1);
        table.Column("ema_12")[11].ShouldBe(6.5);
        table.Column("ema_12")[12].ShouldBe(6.5 + (13 - 6.5) * 2 / 13);
        table.Column("macd")[24].ShouldBe(double.NaN);
        table.Column("macd")[25].ShouldBe(7, 1e-12);
        table.Column("macd_signal")[32 - 3].ShouldBe(double.NaN);
    }

    [Fact]
    public void On_balance_volume_follows_the_closes() =>
        Series.Values(Series.FromCloses(10, 11, 11, 9, 12), "obv").ShouldBe([0, 101, 101, -2, 102]);

    [Fact]
    public void Wilders_index_falls_with_losses()
    {
        // Seven gains of 1 and seven losses of 1, then a loss of 2.
        var closes = new List<double> { 50 };
        for (var i = 0; i < 14; i++)
            closes.Add(closes[^1] + (i % 2 == 0 ? 1 : -1));
        closes.Add(closes[^1] - 2);
        var rsi = Series.Values(Series.FromCloses([.. closes]), "rsi_14");
        rsi[14].ShouldBe(50);
        rsi[15].ShouldBe(100 - 100 / (1 + 0.5 * 13 / 14 / ((0.5 * 13 + 2) / 14)), 1e-12);
    }

    [Fact]
    public void A_flat_market_has_no_direction()
    {
        var closes = Enumerable.Range(0, 30).Select(i => 100 + 0.01 * i).ToArray();
        Series.Values(Series.FromCloses(closes), "trend_direction")[29].ShouldBe(0);
        Series.Values(Series.FromCloses([.. closes.Select(close => 200 - close * 1)]), "trend_direction")[29].ShouldBe(0);
    }

    [Fact]
    public void A_price_that_stands_still_has_no_direction()
    {
        // One that is no binary fraction: the weights of its slope leave some rounding.
        var candles = Series.FromCloses([.. Enumerable.Repeat(100.1, 40)]).Select(candle => candle with { High = candle.Close, Low = candle.Close }).ToArray();
        Series.Values(candles, "trend_direction")[25..].ShouldAllBe(direction => direction == 0);
    }

    [Fact]
    public void Swings_count_two_candles_after_them()
    {
        // Highs at 3 and 9, lows at 6 and 12, each above the one before.
        double[] closes = [10, 11, 12, 14, 12, 11, 10.5, 12, 14, 16, 14, 13, 12, 14, 16];
        var structure = Series.Values(Series.FromCloses(closes), "market_structure");
        structure[13].ShouldBe(double.NaN);
        structure[14].ShouldBe(1);
        Series.Values(Series.FromCloses([.. closes.Select(close => 100 - close)]), "market_structure")[14].ShouldBe(-1);
    }

    [Fact]
    public void A_daily_return_is_null_across_a_missing_session()
    {
        var candles = Series.FromCloses(100, 101, 102, 103);
        Candle[] pierced = [candles[0], candles[1], candles[3]];
        var returns = Series.Values(pierced, "return_1d");
        returns[0].ShouldBe(double.NaN);
        returns[1].ShouldBe(101.0 / 100 - 1);
        returns[2].ShouldBe(double.NaN);
    }

    [Fact]
    public void Intraday_returns_are_by_time_across_the_change_to_summer_time()
    {
        var calendar = TradingCalendar.UsEquities;
        var from = new DateTime(2024, 3, 8, 0, 0, 0, DateTimeKind.Utc);
        var instants = calendar.Expected(from, from.AddDays(4), BarInterval.FiveMinutes).ToArray();
        var candles = instants.Select((instant, i) => new Candle { Timestamp = instant, Open = 1 + i, High = 1 + i, Low = 1 + i, Close = 1 + i, Volume = 1 }).ToArray();
        var table = Series.Compute(candles, AssetClass.Stock, BarInterval.FiveMinutes);
        table.Column("return_1d")[77].ShouldBe(double.NaN);
        table.Column("return_1d")[78].ShouldBe(79.0 / 1 - 1);
        table.Column("return_1d")[155].ShouldBe(156.0 / 78 - 1);
        table.Column("return_1h")[11].ShouldBe(double.NaN);
        table.Column("return_1h")[12].ShouldBe(13.0 / 1 - 1);
        table.Column("return_1h")[89].ShouldBe(double.NaN);
        table.Column("return_1h")[90].ShouldBe(91.0 / 79 - 1);
    }

    [Fact]
    public void The_average_price_begins_anew_with_each_session()
    {
        var start = new DateTime(2024, 5, 1, 22, 0, 0, DateTimeKind.Utc);
        double[] closes = [10, 20, 40, 50];
        var candles = closes.Select((close, i) => new Candle { Timestamp = start.AddHours(i), Open = close, High = close, Low = close, Close = close, Volume = i + 1 });
        Series.Compute([.. candles], AssetClass.Crypto, BarInterval.OneHour).Column("vwap")
            .ShouldBe([10, (10 + 40) / 3.0, 40, (120 + 200) / 7.0], 1e-12);
    }

    [Fact]
    public void Crypto_features_are_null_where_their_inputs_are()
    {
        var start = new DateTime(2024, 5, 1, 0, 0, 0, DateTimeKind.Utc);
        var bare = new Candle { Timestamp = start, Open = 1, High = 1, Low = 1, Close = 1, Volume = 10 };
        var full = bare with
        {
            Timestamp = start.AddDays(1),
            TakerBuyVolume = 6,
            TakerSellVolume = 4,
            OpenInterest = 110,
            LongLiquidations = 2,
            ShortLiquidations = 1,
            LongShortRatio = 1.2,
            FundingRate = 0.0001,
        };
        var table = Series.Compute([bare, full, full with { Timestamp = start.AddDays(2), OpenInterest = 121 }], AssetClass.Crypto);
        foreach (var feature in table.Features.Where(feature => feature.Scope == FeatureScope.Crypto))
            table.Column(feature)[0].ShouldBe(double.NaN, feature.Name);
        table.Column("delta")[1].ShouldBe(2);
        table.Column("buy_sell_ratio")[1].ShouldBe(1.5);
        table.Column("liquidation_intensity")[1].ShouldBe(0.3);
        table.Column("long_short_ratio")[1].ShouldBe(1.2);
        table.Column("open_interest_change")[1].ShouldBe(double.NaN);
        table.Column("open_interest_change")[2].ShouldBe(0.1, 1e-12);
        table.Column("exchange_inflow")[2].ShouldBe(double.NaN);
    }

    [Fact]
    public void The_funding_rate_is_ranked_among_those_of_ninety_days()
    {
        var start = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var candles = Enumerable.Range(0, 120).Select(i => new Candle
        {
            Timestamp = start.AddDays(i),
            Open = 1,
            High = 1,
            Low = 1,
            Close = 1,
            Volume = 1,
            FundingRate = i % 10 * 1e-5,
        });
        var percentile = Series.Compute([.. candles], AssetClass.Crypto).Column("funding_rate_percentile");
        percentile[88].ShouldBe(double.NaN);
        percentile[89].ShouldBe(1);
        percentile[90].ShouldBe(0.1, 1e-12);
        percentile[114].ShouldBe(0.5, 1e-12);
    }

    [Fact]
    public void A_volume_spike_stands_out()
    {
        var start = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var candles = Enumerable.Range(0, 20).Select(i => new Candle
        {
            Timestamp = start.AddDays(i),
            Open = 1,
            High = 1,
            Low = 1,
            Close = 1,
            Volume = i == 19 ? 120 : 100,
        });
        Series.Compute([.. candles], AssetClass.Crypto).Column("volume_spike_score")[19].ShouldBe(19 / Math.Sqrt(20), 1e-12);
    }

    [Fact]
    public void The_catalogue_names_each_feature_once_and_says_what_it_is()
    {
        FeatureCatalogue.All.Select(feature => feature.Name).ShouldBeUnique();
        FeatureCatalogue.All.ShouldAllBe(feature => feature.Definition.Length > 0 && feature.Source.Length > 0 && feature.Inputs.Count > 0);
        FeatureCatalogue.For(AssetClass.Stock).ShouldAllBe(feature => feature.Scope == FeatureScope.Universal);
    }
}
