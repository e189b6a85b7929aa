using CsCheck;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;

namespace MarketData.Domain.Tests.Features;

public sealed class FeaturePropertyTests
{
    public static TheoryData<string, AssetClass, BarInterval> Kinds => new()
    {
        { "ACME", AssetClass.Stock, BarInterval.OneDay },
        { "ACME", AssetClass.Etf, BarInterval.FiveMinutes },
        { "ACME", AssetClass.Stock, BarInterval.OneHour },
        { "ACME", AssetClass.Stock, BarInterval.OneWeek },
        { "7203.T", AssetClass.Stock, BarInterval.FifteenMinutes },
        { "BHP.AX", AssetClass.Stock, BarInterval.OneHour },
        { "EURUSD=X", AssetClass.Fx, BarInterval.OneHour },
        { "ACME-USD", AssetClass.Crypto, BarInterval.FiveMinutes },
        { "ACME-USD", AssetClass.Crypto, BarInterval.FourHours },
        { "ACME-USD", AssetClass.Crypto, BarInterval.OneDay },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Appending_gives_the_bits_of_computing_at_once(string symbol, AssetClass assetClass, BarInterval interval) =>
        Gen.Select(Series.Random(Named(symbol, assetClass), interval, 700), Gen.Int[1, 690], Gen.Int[1, 690]).Sample(
            (candles, one, other) =>
            {
                int[] cuts = [0, Math.Min(Math.Min(one, other), candles.Length), Math.Min(Math.Max(one, other), candles.Length), candles.Length];
                var engine = new FeatureEngine(Named(symbol, assetClass), interval);
                var table = new FeatureTable(engine.Features);
                for (var i = 1; i < cuts.Length; i++)
                {
                    engine.Append(candles.AsSpan(cuts[i - 1]..cuts[i]), table);
                    engine = FeatureEngine.Resume(Named(symbol, assetClass), interval, engine.SaveState());
                    engine.ShouldNotBeNull();
                }

                SameBits(Series.Compute(candles, Named(symbol, assetClass), interval), table).ShouldBeTrue();
            },
            iter: 15);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Changing_a_candle_changes_nothing_before_it(string symbol, AssetClass assetClass, BarInterval interval) =>
        Gen.Select(Series.Random(Named(symbol, assetClass), interval, 400), Gen.Int[0, 380], Gen.Double[0.2, 5]).Sample(
            (candles, at, ratio) =>
            {
                at = Math.Min(at, candles.Length - 1);
                var before = Series.Compute(candles, Named(symbol, assetClass), interval);
                candles[at] = Scale(candles[at], ratio) with { Volume = 7, FundingRate = 1, OpenInterest = 3 };
                SameBits(before, Series.Compute(candles, Named(symbol, assetClass), interval), at).ShouldBeTrue();
            },
            iter: 15);

    [Fact]
    public void Prices_in_another_unit_scale_what_is_a_price_and_leave_what_is_a_ratio() =>
        Gen.Select(Series.Random(Named("ACME", AssetClass.Stock), BarInterval.OneDay, 120), Gen.Int[-6, 6]).Sample(
            (candles, power) =>
            {
                // By a power of two, which rounds nothing: a close that differs from the one before still does.
                var ratio = Math.ScaleB(1, power);
                var table = Series.Compute(candles);
                var scaled = Series.Compute([.. candles.Select(candle => Scale(candle, ratio))]);
                foreach (var name in (string[])["sma_20", "ema_12", "ema_26", "atr", "macd", "macd_signal", "bollinger_upper", "bollinger_lower", "vwap"])
                    ShouldAgree(scaled.Column(name), [.. table.Column(name).Select(value => value * ratio)], 1e-12);
                foreach (var name in (string[])["return_1d", "volatility_20", "volatility_50", "rsi_14", "market_structure", "obv", "rolling_volume_20"])
                    ShouldAgree(scaled.Column(name), table.Column(name), 1e-12);
            },
            iter: 50);

    [Fact]
    public void A_state_of_another_interval_is_not_taken_up()
    {
        var state = new FeatureEngine(new Instrument(default, AssetClass.Stock), BarInterval.OneDay).SaveState();
        FeatureEngine.Resume(new Instrument(default, AssetClass.Stock), BarInterval.OneWeek, state).ShouldBeNull();
        FeatureEngine.Resume(new Instrument(default, AssetClass.Crypto), BarInterval.OneDay, state).ShouldBeNull();
        FeatureEngine.Resume(new Instrument(default, AssetClass.Stock), BarInterval.OneDay, state.AsSpan(1)).ShouldBeNull();
    }

    [Fact]
    public void Volatility_does_not_drift_over_a_million_candles()
    {
        var random = new Random(1);
        var closes = new double[1_000_000];
        var price = 1e6;
        for (var i = 0; i < closes.Length; i++)
            closes[i] = price *= 1 + 1e-6 * (random.NextDouble() - 0.5);
        var start = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var candles = closes.Select((close, i) => new Candle { Timestamp = start.AddMinutes(5 * i), Open = close, High = close, Low = close, Close = close, Volume = 1 });
        var volatility = Series.Compute([.. candles], AssetClass.Crypto, BarInterval.FiveMinutes).Column("volatility_50");
        for (var i = 999_000; i < closes.Length; i++)
        {
            var returns = Enumerable.Range(i - 49, 50).Select(k => Math.Log(closes[k] / closes[k - 1])).ToArray();
            var mean = returns.Average();
            volatility[i].ShouldBe(Math.Sqrt(returns.Sum(r => (r - mean) * (r - mean)) / 49), volatility[i] * 1e-9);
        }
    }

    private static bool SameBits(FeatureTable one, FeatureTable other, int rows = int.MaxValue) =>
        one.Features.All(feature => one.Column(feature)[..Math.Min(rows, one.Count)].ToArray().Select(BitConverter.DoubleToInt64Bits)
            .SequenceEqual(other.Column(feature)[..Math.Min(rows, other.Count)].ToArray().Select(BitConverter.DoubleToInt64Bits)));

    private static void ShouldAgree(double[] actual, double[] expected, double tolerance)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            double.IsNaN(actual[i]).ShouldBe(double.IsNaN(expected[i]));
            if (!double.IsNaN(expected[i]))
                actual[i].ShouldBe(expected[i], tolerance * Math.Max(1, Math.Abs(expected[i])));
        }
    }

    private static Candle Scale(Candle candle, double ratio) => candle with
    {
        Open = candle.Open * ratio,
        High = candle.High * ratio,
        Low = candle.Low * ratio,
        Close = candle.Close * ratio,
    };

    private static Instrument Named(string symbol, AssetClass assetClass) => new(Symbol.Parse(symbol), assetClass);
}
