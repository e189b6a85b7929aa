using System.Text.Json;
using MarketData.Enrichment.Providers.Binance;
using MarketData.Enrichment.Providers.Polygon;
using MarketData.Enrichment.Providers.Wire;
using MarketData.Enrichment.Providers.Yahoo;

namespace MarketData.Benchmarks.Parsing;

/// <summary>A provider's answer of 50,000 bars, parsed into candles, against a bare walk over its tokens that keeps nothing.</summary>
internal sealed class ParseBenchmark : Benchmark
{
    private const double LeastShare = 0.6;
    private const int Bars = 50_000;

    private readonly string _name;
    private readonly Func<int, byte[]> _body;
    private readonly Action<byte[], CandleBuffer> _parse;

    private ParseBenchmark(string name, Func<int, byte[]> body, Action<byte[], CandleBuffer> parse) => (_name, _body, _parse) = (name, body, parse);

    public static ParseBenchmark Polygon { get; } =
        new("parse_polygon", WireBodies.Polygon, static (body, candles) => PolygonAggregates.Parse(body, candles));

    public static ParseBenchmark Binance { get; } =
        new("parse_binance", WireBodies.Binance, static (body, candles) => BinanceKlines.Parse(body, candles));

    public static ParseBenchmark Yahoo { get; } =
        new("parse_yahoo", WireBodies.Yahoo, static (body, candles) => YahooChart.Parse(body, candles));

    public override IReadOnlyList<string> Names => [_name];

    public override Task<IReadOnlyList<Comparison>> RunAsync(BenchmarkRun bench, CancellationToken cancellation)
    {
        var body = _body(bench.Options.Load(Bars, 5_000));
        using var candles = new CandleBuffer();
        var (ours, walk) = Rounds.Alternate(bench.Options.Rounds, Parse, () => Walk(body));
        var megabytes = body.Length / 1e6;
        var (small, large) = (Allocated(_body(1_000)), Allocated(body));
        Console.Error.WriteLine($"  {small} bytes allocated for 1,000 bars, {large} for {candles.Count}");
        if (large > small + 1_000)
            throw new InvalidOperationException($"{_name} allocates with the bars: {small} bytes for 1,000, {large} for {candles.Count}.");
        return Task.FromResult<IReadOnlyList<Comparison>>(
            [new(_name, "MB/s", megabytes / ours, megabytes / walk, LeastShare, bench.Options.Rounds, IsFloor: true)]);

        void Parse()
        {
            candles.Truncate(0);
            _parse(body, candles);
        }

        long Allocated(byte[] what)
        {
            for (var i = 0; i < 3; i++)
            {
                candles.Truncate(0);
                _parse(what, candles);
            }

            candles.Truncate(0);
            var before = GC.GetAllocatedBytesForCurrentThread();
            _parse(what, candles);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static void Walk(byte[] body)
    {
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
        }
    }
}
