using MarketData.Benchmarks.Features;
using MarketData.Benchmarks.Parsing;

namespace MarketData.Benchmarks;

/// <summary>Every benchmark, in the order in which they run.</summary>
internal static class Catalogue
{
    public static IReadOnlyList<Benchmark> All { get; } =
    [
        new FeaturesBatch(),
        new FeaturesAppend(),
        ParseBenchmark.Polygon,
        ParseBenchmark.Binance,
        ParseBenchmark.Yahoo,
        new Ingest.Ingest(),
    ];
}
