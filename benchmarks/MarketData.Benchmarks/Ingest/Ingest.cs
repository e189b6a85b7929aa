using MarketData.Storage.Candles;

namespace MarketData.Benchmarks.Ingest;

/// <summary>
/// A million candles of a hundred symbols through the whole write path (checks against what is stored, revisions, quality, log rows), by as
/// many connections as there are cores, against one bare binary COPY of the same rows into the same indexed table.
/// </summary>
internal sealed class Ingest : Benchmark
{
    private const string Columns = "series_id, ts, recorded_at, open, high, low, close, volume, vwap, trade_count, source, issues";

    public override IReadOnlyList<string> Names => ["ingest_new", "ingest_unchanged"];

    public override async Task<IReadOnlyList<Comparison>> RunAsync(BenchmarkRun bench, CancellationToken cancellation)
    {
        await using var database = await BenchmarkDatabase.CreateAsync(bench, cancellation);
        await using var bare = await BenchmarkDatabase.CreateAsync(bench, cancellation);
        var writes = Enumerable.Range(0, bench.Options.Load(100, 10)).Select(number => SeriesWrites.Of(number, bench.Options.Load(10_000, 1_000))).ToList();
        await SeriesWrites.RegisterAsync(database, writes, cancellation);
        var writer = new SeriesWriter(database.Source);
        var (fresh, unchanged, copies) = (new List<double>(), new List<double>(), new List<double>());
        byte[][]? rows = null;
        for (var round = 0; round <= bench.Options.Rounds; round++)
        {
            await database.ExecuteAsync("TRUNCATE bars_5m, data_quality_metrics, series, enrichment_fetch_log CASCADE; CHECKPOINT", cancellation);
            fresh.Add(await Rounds.TimeAsync(() => WriteAllAsync(writer, writes, cancellation)));
            var marker = await database.ScalarAsync<long>("SELECT pg_current_xact_id()::text::bigint", cancellation);
            unchanged.Add(await Rounds.TimeAsync(() => WriteAllAsync(writer, writes, cancellation)));
            await VerifyUntouchedAsync(database, marker, writes.Sum(write => (long)write.Candles.Length), cancellation);

            rows ??= await ReadAsync(database, cancellation);
            await bare.ExecuteAsync(
                $"SELECT ensure_bar_partitions('5m', '{writes[0].Candles.Span[0].Candle.Timestamp:O}', '{writes[0].Candles.Span[^1].Candle.Timestamp:O}'); TRUNCATE bars_5m; CHECKPOINT",
                cancellation);
            copies.Add(await Rounds.TimeAsync(() => CopyAsync(bare, rows, cancellation)));
            Console.Error.WriteLine($"  new {fresh[^1]:0.00} s, unchanged {unchanged[^1]:0.00} s, bare COPY {copies[^1]:0.00} s");
        }

        // The first round warms up.
        var (copy, rounds) = (Rounds.Median([.. copies.Skip(1)]), bench.Options.Rounds);
        return
        [
            new("ingest_new", "s", Rounds.Median([.. fresh.Skip(1)]), copy, 1.3, rounds),
            new("ingest_unchanged", "s", Rounds.Median([.. unchanged.Skip(1)]), copy, 1.0, rounds),
        ];
    }

    private static Task WriteAllAsync(SeriesWriter writer, IEnumerable<SeriesWrite> writes, CancellationToken cancellation) =>
        Parallel.ForEachAsync(
            writes,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation },
            async (write, stop) => await writer.WriteAsync(write, stop));

    private static async Task VerifyUntouchedAsync(BenchmarkDatabase database, long marker, long count, CancellationToken cancellation)
    {
        var kept = await database.ScalarAsync<long>($"SELECT count(*) FROM bars_5m WHERE xmin::text::bigint < {marker}", cancellation);
        var all = await database.ScalarAsync<long>("SELECT (SELECT count(*) FROM bars_5m) + (SELECT count(*) FROM candle_revisions)", cancellation);
        if (kept != count || all != count)
            throw new InvalidOperationException($"The unchanged ingest wrote rows: of {count} candles {kept} are as they were, and there are {all} now.");
    }

    private static async Task<byte[][]> ReadAsync(BenchmarkDatabase database, CancellationToken cancellation)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellation);
        await using var stream = await connection.BeginRawBinaryCopyAsync(
            $"COPY (SELECT {Columns} FROM bars_5m ORDER BY series_id, ts) TO STDOUT (FORMAT BINARY)", cancellation);
        var (chunks, buffer) = (new List<byte[]>(), new byte[64 * 1024]);
        for (int length; (length = await stream.ReadAsync(buffer, cancellation)) > 0;)
            chunks.Add(buffer[..length]);
        return [.. chunks];
    }

    private static async Task CopyAsync(BenchmarkDatabase database, byte[][] rows, CancellationToken cancellation)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellation);
        await using var stream = await connection.BeginRawBinaryCopyAsync($"COPY bars_5m ({Columns}) FROM STDIN (FORMAT BINARY)", cancellation);
        foreach (var chunk in rows)
            await stream.WriteAsync(chunk, cancellation);
    }
}
