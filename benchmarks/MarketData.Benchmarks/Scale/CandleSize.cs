using MarketData.Benchmarks.Ingest;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;

namespace MarketData.Benchmarks.Scale;

/// <summary>
/// Bytes a candle on disk, with its index, of a hundred stocks whose candles all have a volume-weighted price and a count of trades, against
/// the 130 that they may take; and what is left of them when TimescaleDB, where it is there, has compressed them, against 30.
/// </summary>
internal sealed class CandleSize : Benchmark
{
    private const double MostBytes = 130;
    private const double MostCompressedBytes = 30;

    public override IReadOnlyList<string> Names => ["size_5m", "size_1d", "size_5m_compressed", "size_1d_compressed"];

    public override async Task<IReadOnlyList<Comparison>> RunAsync(BenchmarkRun bench, CancellationToken cancellation)
    {
        await using var database = await BenchmarkDatabase.CreateAsync(bench, cancellation);
        var symbols = bench.Options.Load(100, 5);
        var compresses = await bench.EngineAsync(cancellation) == "timescaledb";
        return
        [
            .. await MeasureAsync(database, compresses, "size_5m", symbols, bench.Options.Load(10_000, 5_000), BarInterval.FiveMinutes, cancellation),
            .. await MeasureAsync(database, compresses, "size_1d", symbols, bench.Options.Load(2_500, 1_000), BarInterval.OneDay, cancellation),
        ];
    }

    private static async Task<Comparison[]> MeasureAsync(
        BenchmarkDatabase database, bool compresses, string name, int symbols, int bars, BarInterval interval, CancellationToken cancellation)
    {
        var writer = new SeriesWriter(database.Source);
        for (var number = 0; number < symbols; number++)
        {
            var write = SeriesWrites.Of(number, bars, interval);
            await SeriesWrites.RegisterAsync(database, [write], cancellation);
            await writer.WriteAsync(write, cancellation);
        }

        var (table, candles) = ($"bars_{interval.Name()}", symbols * (double)bars);
        if (!compresses)
        {
            var size = await database.ScalarAsync<long>(
                $"SELECT sum(pg_total_relation_size(relid))::bigint FROM pg_partition_tree('{table}') WHERE isleaf", cancellation);
            return [new(name, "bytes/candle", size / candles, MostBytes, 1, symbols)];
        }

        var plain = await database.ScalarAsync<long>($"SELECT hypertable_size('{table}')", cancellation);
        await database.ExecuteAsync($"SELECT compress_chunk(chunk) FROM show_chunks('{table}') AS chunk", cancellation);
        var compressed = await database.ScalarAsync<long>($"SELECT hypertable_size('{table}')", cancellation);
        return
        [
            new(name, "bytes/candle", plain / candles, MostBytes, 1, symbols),
            new($"{name}_compressed", "bytes/candle", compressed / candles, MostCompressedBytes, 1, symbols),
        ];
    }
}
