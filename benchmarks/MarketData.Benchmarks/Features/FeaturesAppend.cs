using MarketData.Domain.Candles;
using MarketData.Domain.Features;

namespace MarketData.Benchmarks.Features;

/// <summary>One more day on top of ten years, taken up from the stored state, against computing the ten years again.</summary>
internal sealed class FeaturesAppend : Benchmark
{
    private const int Sessions = 2520;

    public override IReadOnlyList<string> Names => ["features_append"];

    public override Task<IReadOnlyList<Comparison>> RunAsync(BenchmarkRun bench, CancellationToken cancellation)
    {
        // Daily candles are the harder case: the whole is small, and taking up the state weighs.
        var daily = Measure(bench, AssetClass.Stock, BarInterval.OneDay, Sessions, 1);
        var crypto = Measure(bench, AssetClass.Crypto, BarInterval.OneDay, 3650, 1);
        var intraday = Measure(bench, AssetClass.Stock, BarInterval.FiveMinutes, Sessions * 78, 78);
        return Task.FromResult<IReadOnlyList<Comparison>>([new[] { daily, crypto, intraday }.MaxBy(comparison => comparison.Ratio)!]);
    }

    private static Comparison Measure(BenchmarkRun bench, AssetClass assetClass, BarInterval interval, int history, int day)
    {
        var candles = RandomWalk.Candles(assetClass, interval, history + day);
        var engine = new FeatureEngine(new Instrument(default, assetClass), interval);
        var table = new FeatureTable(engine.Features);
        engine.Append(candles.AsSpan(0, history), table);
        var state = engine.SaveState();

        var (append, recompute) = Rounds.Alternate(bench.Options.Rounds, Append, Recompute);
        Console.Error.WriteLine($"  {assetClass} {interval.Name()}: {append * 1e6:0.00} µs of {recompute * 1e6:0.00} µs ({append / recompute:0.0000})");
        return new Comparison("features_append", "µs", append * 1e6, recompute * 1e6, 0.01, bench.Options.Rounds);

        void Append()
        {
            table.Clear();
            FeatureEngine.Resume(new Instrument(default, assetClass), interval, state)!.Append(candles.AsSpan(history), table);
        }

        void Recompute()
        {
            table.Clear();
            new FeatureEngine(new Instrument(default, assetClass), interval).Append(candles, table);
        }
    }
}
