using MarketData.Benchmarks.Features;
using MarketData.Benchmarks.Overview;
using MarketData.Benchmarks.Parsing;
using MarketData.Benchmarks.Runs;
using MarketData.Benchmarks.Start;

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
        new Ingest.ImportMillion(),
        new Read.Read(),
        new FeatureReads(),
        new Read.ManySymbols(),
        new Scale.CandleSize(),
        new Overview5000(),
        new JobOverhead(),
        new RunVsBucket(),
        new RunBatched(),
        new EnrichmentMemory(),
        new BackfillMemory(),
        new IdleCost(),
        new Scale.Scale(),
        new StartService(),
        new StartAppHost(),
    ];
}
