using MarketData.Domain.Candles;
using MarketData.Domain.Features;

namespace MarketData.Benchmarks.Features;

/// <summary>The whole catalogue over a million candles on one core, against the budget of 150 ns a candle.</summary>
internal sealed class FeaturesBatch : Benchmark
{
    private const double BudgetNanoseconds = 150;

    public override IReadOnlyList<string> Names => ["features_batch"];

    public override Task<IReadOnlyList<Comparison>> RunAsync(BenchmarkRun bench, CancellationToken cancellation)
    {
        var count = bench.Options.Load(1_000_000, 50_000);
        // Both classes, and the slower one counts: crypto has more features, equities the harder calendar.
        var slowest = Math.Max(
            Nanoseconds(bench, AssetClass.Stock, BarInterval.FiveMinutes, count), Nanoseconds(bench, AssetClass.Crypto, BarInterval.FiveMinutes, count));
        return Task.FromResult<IReadOnlyList<Comparison>>(
            [new("features_batch", "ns/candle", slowest, BudgetNanoseconds, 1, bench.Options.Rounds)]);
    }

    private static double Nanoseconds(BenchmarkRun bench, AssetClass assetClass, BarInterval interval, int count)
    {
        var candles = RandomWalk.Candles(assetClass, interval, count);
        var table = new FeatureTable(FeatureCatalogue.For(assetClass));
        var (seconds, _) = Rounds.Alternate(bench.Options.Rounds, Compute, static () => { });
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Compute();
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (allocated > count)
            throw new InvalidOperationException($"{allocated} bytes were allocated for {count} candles: that is more than none a candle.");
        Console.Error.WriteLine($"  {assetClass}: {seconds / count * 1e9:0.0} ns a candle, {allocated} bytes in all");
        return seconds / count * 1e9;

        void Compute()
        {
            table.Clear();
            new FeatureEngine(new Instrument(default, assetClass), interval).Append(candles, table);
        }
    }
}
