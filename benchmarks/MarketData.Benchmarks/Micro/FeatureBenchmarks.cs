using BenchmarkDotNet.Attributes;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;

namespace MarketData.Benchmarks.Micro;

/// <summary>The whole catalogue over a year of 5m bars, and one bar more: <c>--micro --filter *Feature*</c>.</summary>
[MemoryDiagnoser]
public class FeatureBenchmarks
{
    private const int Bars = 20_000;
    private Candle[] _candles = [];
    private byte[] _state = [];
    private FeatureTable _table = null!;

    /// <summary>Whose features.</summary>
    [Params(AssetClass.Stock, AssetClass.Crypto)]
    public AssetClass AssetClass { get; set; }

    /// <summary>Makes the series, and the state that appending takes up.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _candles = RandomWalk.Candles(AssetClass, BarInterval.FiveMinutes, Bars);
        _table = new FeatureTable(FeatureCatalogue.For(AssetClass));
        var engine = new FeatureEngine(new Instrument(default, AssetClass), BarInterval.FiveMinutes);
        engine.Append(_candles.AsSpan(..^1), _table);
        _state = engine.SaveState();
    }

    /// <summary>From the first bar to the last.</summary>
    [Benchmark(Baseline = true)]
    public void Batch()
    {
        _table.Clear();
        new FeatureEngine(new Instrument(default, AssetClass), BarInterval.FiveMinutes).Append(_candles, _table);
    }

    /// <summary>The last bar alone, on the stored state.</summary>
    [Benchmark]
    public void Append()
    {
        _table.Clear();
        FeatureEngine.Resume(new Instrument(default, AssetClass), BarInterval.FiveMinutes, _state)!.Append(_candles.AsSpan(^1..), _table);
    }
}
