using BenchmarkDotNet.Attributes;
using MarketData.Benchmarks.Parsing;
using MarketData.Enrichment.Providers.Binance;
using MarketData.Enrichment.Providers.Polygon;
using MarketData.Enrichment.Providers.Wire;
using MarketData.Enrichment.Providers.Yahoo;

namespace MarketData.Benchmarks.Micro;

/// <summary>One answer of each provider, parsed: <c>--micro --filter *Parser*</c>.</summary>
[MemoryDiagnoser]
public class ParserBenchmarks : IDisposable
{
    private const int Bars = 50_000;
    private readonly CandleBuffer _candles = new();
    private readonly byte[] _polygon = WireBodies.Polygon(Bars);
    private readonly byte[] _binance = WireBodies.Binance(Bars);
    private readonly byte[] _yahoo = WireBodies.Yahoo(Bars);

    /// <summary>Polygon's aggregates.</summary>
    [Benchmark]
    public void Polygon()
    {
        _candles.Truncate(0);
        PolygonAggregates.Parse(_polygon, _candles);
    }

    /// <summary>Binance's klines.</summary>
    [Benchmark]
    public void Binance()
    {
        _candles.Truncate(0);
        BinanceKlines.Parse(_binance, _candles);
    }

    /// <summary>Yahoo's chart.</summary>
    [Benchmark]
    public void Yahoo()
    {
        _candles.Truncate(0);
        YahooChart.Parse(_yahoo, _candles);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _candles.Dispose();
        GC.SuppressFinalize(this);
    }
}
