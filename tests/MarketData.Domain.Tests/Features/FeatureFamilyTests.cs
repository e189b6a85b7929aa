using CsCheck;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;

namespace MarketData.Domain.Tests.Features;

/// <summary>Features whose window was chosen, against a plain second implementation.</summary>
public sealed class FeatureFamilyTests
{
    private static readonly Instrument Acme = new(Symbol.Parse("ACME"), AssetClass.Stock);

    [Theory]
    [InlineData("sma(50)", "sma_50")]
    [InlineData("SMA_200", "sma_200")]
    [InlineData("sma(20)", "sma_20")]
    [InlineData("atr(14)", "atr")]
    [InlineData("atr_20", "atr_20")]
    [InlineData("bollinger_upper(20)", "bollinger_upper")]
    [InlineData(" rsi(2) ", "rsi_2")]
    [InlineData("macd", "macd")]
    public void A_name_with_a_length_is_a_feature(string text, string name)
    {
        var feature = FeatureCatalogue.Parse(text).ShouldNotBeNull();
        feature.Name.ShouldBe(name);
        FeatureCatalogue.IsStandard(feature).ShouldBe(FeatureCatalogue.Find(name) is not null);
    }

    [Theory]
    [InlineData("sma")]
    [InlineData("sma(1)")]
    [InlineData("sma(501)")]
    [InlineData("sma(-5)")]
    [InlineData("sma(5")]
    [InlineData("sma()")]
    [InlineData("sma(5)5")]
    [InlineData("ema(1e2)")]
    [InlineData("macd(5)")]
    [InlineData("_5")]
    [InlineData("")]
    [InlineData(null)]
    public void Another_is_none(string? text) => FeatureCatalogue.Parse(text).ShouldBeNull();

    [Theory]
    [InlineData(3)]
    [InlineData(20)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(250)]
    [InlineData(500)]
    public void Windows_of_any_length_have_the_values_of_the_definition(int n) =>
        Gen.Select(Series.Random(Acme, BarInterval.OneHour, 1_300), Gen.Int[1, 1_200]).Sample(
            (candles, cut) =>
            {
                var features = FeatureCatalogue.Families.Select(family => family.Of(n)!).ToList();
                var table = Compute(candles, features, cut);
                var closes = candles.Select(candle => candle.Close).ToArray();
                for (var i = 0; i < candles.Length; i += 7)
                {
                    var window = i < n - 1 ? null : closes[(i - n + 1)..(i + 1)];
                    ShouldAgree(table, "sma", i, window?.Average());
                    ShouldAgree(table, "rolling_volume", i, i < n - 1 ? null : candles[(i - n + 1)..(i + 1)].Average(candle => candle.Volume));
                    ShouldAgree(table, "bollinger_upper", i, window?.Average() + 2 * Deviation(window, 0));
                    ShouldAgree(table, "bollinger_lower", i, window?.Average() - 2 * Deviation(window, 0));
                    ShouldAgree(table, "volatility", i, i < n ? null : Deviation([.. Enumerable.Range(i - n + 1, n).Select(k => Math.Log(closes[k] / closes[k - 1]))], 1));
                }

                var (ema, rsi, atr) = (Ema(closes, n), Rsi(closes, n), Atr(candles, n));
                for (var i = 0; i < candles.Length; i++)
                {
                    ShouldAgree(table, "ema", i, ema[i]);
                    ShouldAgree(table, "rsi", i, rsi[i]);
                    ShouldAgree(table, "atr", i, atr[i]);
                }
            },
            iter: 3);

    [Fact]
    public void What_lies_before_a_features_memory_makes_no_difference()
    {
        var candles = Series.Random(Acme, BarInterval.OneHour, 6_000).Single();
        Feature[] features = [.. FeatureCatalogue.For(AssetClass.Stock).Where(feature => feature.Memory is not null), FeatureCatalogue.Parse("ema(100)")!, FeatureCatalogue.Parse("rsi(60)")!];
        var whole = Compute(candles, features, 1);
        foreach (var feature in features)
        {
            // With another past, far from this one.
            var from = candles.Length - feature.Memory!.Value - 1;
            Candle[] other = [.. candles[(from - 700)..from].Select(candle => candle with { High = 9e4, Low = 1, Close = 5e4, Volume = 1e9 }), .. candles[from..]];
            var part = Compute(feature.Memory < 320 ? candles[from..] : other, [feature], 1);
            var (expected, actual) = (whole.Column(feature)[^1], part.Column(feature)[^1]);
            // The last bar may be the first of its session, where features that look back an hour have no value.
            double.IsNaN(actual).ShouldBe(double.IsNaN(expected), feature.Name);
            if (double.IsNaN(expected))
                continue;
            // MACD is the small difference of two averages of prices: it is as exact as they are.
            var scale = feature.Name.StartsWith("macd", StringComparison.Ordinal) ? candles[^1].Close : Math.Abs(expected);
            actual.ShouldBe(expected, 1e-12 * scale, feature.Name);
        }
    }

    private static FeatureTable Compute(Candle[] candles, IReadOnlyList<Feature> features, int cut)
    {
        var engine = new FeatureEngine(Acme, Timeframe.Of(BarInterval.OneHour), features);
        var table = new FeatureTable(features);
        cut = Math.Min(cut, candles.Length);
        engine.Append(candles.AsSpan(..cut), table);
        engine.Append(candles.AsSpan(cut..), table);
        Should.Throw<InvalidOperationException>(engine.SaveState);
        return table;
    }

    private static void ShouldAgree(FeatureTable table, string family, int row, double? expected)
    {
        var feature = table.Features.Single(one => FeatureCatalogue.FamilyOf(one)!.Name == family);
        var actual = table.Column(feature)[row];
        double.IsNaN(actual).ShouldBe(expected is null, $"{family} {row}");
        if (expected is { } value)
            actual.ShouldBe(value, 1e-10 * Math.Max(1, Math.Abs(value)), $"{family} {row}");
    }

    private static double? Deviation(double[]? values, int lessThan) => values is null
        ? null
        : Math.Sqrt(values.Sum(value => (value - values.Average()) * (value - values.Average())) / (values.Length - lessThan));

    private static double?[] Ema(double[] closes, int n)
    {
        var values = new double?[closes.Length];
        for (var i = n - 1; i < closes.Length; i++)
            values[i] = i == n - 1 ? closes[..n].Average() : values[i - 1] + 2.0 / (n + 1) * (closes[i] - values[i - 1]);
        return values;
    }

    private static double?[] Wilder(double?[] values, int n)
    {
        var averages = new double?[values.Length];
        for (var i = n; i < values.Length; i++)
            averages[i] = i == n ? values[1..(n + 1)].Average() : (averages[i - 1] * (n - 1) + values[i]) / n;
        return averages;
    }

    private static double?[] Rsi(double[] closes, int n)
    {
        var changes = closes.Select((close, i) => i == 0 ? null : (double?)(close - closes[i - 1])).ToArray();
        var gains = Wilder([.. changes.Select(change => change is null ? null : (double?)Math.Max(change.Value, 0))], n);
        var losses = Wilder([.. changes.Select(change => change is null ? null : (double?)Math.Max(-change.Value, 0))], n);
        return [.. gains.Zip(losses, (gain, loss) => loss == 0 ? 100 : 100 - 100 / (1 + gain / loss))];
    }

    private static double?[] Atr(Candle[] candles, int n) => Wilder(
        [.. candles.Select((candle, i) => i == 0 ? null : (double?)Math.Max(candle.High - candle.Low, Math.Max(Math.Abs(candle.High - candles[i - 1].Close), Math.Abs(candle.Low - candles[i - 1].Close))))], n);
}
