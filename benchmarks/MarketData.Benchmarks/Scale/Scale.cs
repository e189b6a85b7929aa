using MarketData.Benchmarks.Ingest;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;

namespace MarketData.Benchmarks.Scale;

/// <summary>
/// Ingest rate, latency of a page and bytes a candle, with many candles in the database against the same with a million. The column of
/// rounds says how many millions there were, or how many pages were timed.
/// </summary>
internal sealed class Scale : Benchmark
{
    private const int Bars = 50_000;
    private const int Portion = 20;
    private const int Pages = 300;
    private const double Flat = 1.2;

    public override IReadOnlyList<string> Names => ["scale_ingest", "scale_page", "scale_size"];

    public override async Task<IReadOnlyList<Comparison>> RunAsync(BenchmarkRun bench, CancellationToken cancellation)
    {
        await using var database = await BenchmarkDatabase.CreateAsync(bench, cancellation);
        var (portions, symbols, bars) = (bench.Options.Load(bench.Options.Millions, 2), bench.Options.Load(Portion, 5), bench.Options.Load(Bars, 500));
        var (first, last) = (default(Measured), default(Measured));
        for (var portion = 0; portion < portions; portion++)
        {
            last = await MeasureAsync(database, portion * symbols, symbols, bars, cancellation);
            if (portion == 0)
                first = last;
            Console.Error.WriteLine($"  {(portion + 1) * symbols * (long)bars:N0} candles: {last.Rate:N0}/s, page {last.Page * 1e3:0.00} ms, {last.Size:0} bytes a candle");
        }

        return
        [
            new("scale_ingest", "candles/s", last.Rate, first.Rate, 1 / Flat, portions, IsFloor: true),
            new("scale_page", "ms", last.Page * 1e3, first.Page * 1e3, Flat, Pages),
            new("scale_size", "bytes/candle", last.Size, first.Size, Flat, portions),
        ];
    }

    private static async Task<Measured> MeasureAsync(BenchmarkDatabase database, int start, int symbols, int bars, CancellationToken cancellation)
    {
        var writes = Enumerable.Range(start, symbols).Select(number => SeriesWrites.Of(number, bars)).ToList();
        await SeriesWrites.RegisterAsync(database, writes, cancellation);
        var writer = new SeriesWriter(database.Source);
        var seconds = await Rounds.TimeAsync(() => Parallel.ForEachAsync(
            writes,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation },
            async (write, stop) => await writer.WriteAsync(write, stop)));
        await database.ExecuteAsync("VACUUM ANALYZE bars_5m", cancellation);
        var size = await database.ScalarAsync<long>(
            "SELECT sum(pg_total_relation_size(relid))::bigint FROM pg_partition_tree('bars_5m') WHERE isleaf", cancellation);
        var page = await PageAsync(database, start + symbols, cancellation);
        return new Measured(symbols * bars / seconds, page, size / (double)((start + symbols) * (long)bars));
    }

    // Pages of any symbol so far, the newest hundred candles each.
    private static async Task<double> PageAsync(BenchmarkDatabase database, int symbols, CancellationToken cancellation)
    {
        var (reader, random, times) = (new CandleReader(database.Source), new Random(1), new double[Pages]);
        for (var i = 0; i < Pages; i++)
        {
            var symbol = Symbol.Parse($"BENCH{random.Next(symbols)}");
            times[i] = await Rounds.TimeAsync(async () =>
            {
                var series = await reader.FindAsync(symbol, BarInterval.FiveMinutes, cancellation)
                    ?? throw new InvalidOperationException($"{symbol.Value} is not there.");
                var query = new CandleQuery { Instrument = series.Instrument, Interval = BarInterval.FiveMinutes, Limit = 100, Newest = true };
                var (page, _) = await reader.ReadPageAsync(query, series, cancellation);
                using (page)
                {
                    if (page.Count != 100)
                        throw new InvalidOperationException($"A page of 100 candles has {page.Count}.");
                }
            });
        }

        return Rounds.Median(times);
    }

    private readonly record struct Measured(double Rate, double Page, double Size);
}
