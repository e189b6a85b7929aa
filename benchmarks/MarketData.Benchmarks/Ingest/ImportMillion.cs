using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using MarketData.Storage.Candles;

namespace MarketData.Benchmarks.Ingest;

/// <summary>
/// A million candles of a hundred symbols as one CSV file that is sent to the api, until the enrichment service has checked, scored, featured and
/// stored them, against the writing of the same candles alone, as <c>ingest_new</c> does it.
/// </summary>
internal sealed class ImportMillion : Benchmark
{
    private const string Forget = """
        TRUNCATE bars_5m, data_quality_metrics, series, enrichment_fetch_log, enrichment_compute_log, imports, import_chunks, import_series,
            enrichment_history, enrichment_jobs CASCADE;
        CHECKPOINT
        """;

    public override IReadOnlyList<string> Names => ["import_million"];

    public override async Task<IReadOnlyList<Comparison>> RunAsync(BenchmarkRun bench, CancellationToken cancellation)
    {
        await using var database = await BenchmarkDatabase.CreateAsync(bench, cancellation);
        await using var plain = await BenchmarkDatabase.CreateAsync(bench, cancellation);
        var writes = Enumerable.Range(0, bench.Options.Load(100, 10)).Select(number => SeriesWrites.Of(number, bench.Options.Load(10_000, 1_000))).ToList();
        await SeriesWrites.RegisterAsync(database, writes, cancellation);
        await SeriesWrites.RegisterAsync(plain, writes, cancellation);
        var (file, candles) = (Csv(writes), writes.Sum(write => (long)write.Candles.Length));
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings__marketdata"] = database.ConnectionString,
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Enrichment__RunOnFirstStart"] = "false",
        };
        await using var enrichment = ServiceProcess.Start("Enrichment", settings);
        await using var api = ServiceProcess.Start("Api", settings);
        await enrichment.AliveAsync(cancellation);
        await api.AliveAsync(cancellation);
        var writer = new SeriesWriter(plain.Source);

        var (ours, baseline) = await Rounds.AlternateAsync(
            bench.Options.Rounds,
            async () =>
            {
                await database.ExecuteAsync(Forget, cancellation);
                var seconds = await Rounds.TimeAsync(() => ImportAsync(api, database, file, cancellation));
                var stored = await database.ScalarAsync<long>("SELECT count(*) FROM candles WHERE source = 'import:million' AND is_validated", cancellation);
                Console.Error.WriteLine($"  import {seconds:0.00} s");
                if (stored < candles * 0.9)
                    throw new InvalidOperationException($"Of {candles} candles {stored} were imported and validated.");
                return seconds;
            },
            async () =>
            {
                await plain.ExecuteAsync(Forget, cancellation);
                return await Rounds.TimeAsync(() => Parallel.ForEachAsync(
                    writes, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation },
                    async (write, stop) => await writer.WriteAsync(write, stop)));
            });
        return [new("import_million", "s", ours, baseline, 1.5, bench.Options.Rounds)];
    }

    private static async Task ImportAsync(ServiceProcess api, BenchmarkDatabase database, byte[] file, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        using var answer = await api.Client.PostAsync("/api/v1/import?name=million&adjustment=none&timeframe=5m", content, cancellation);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException(await answer.Content.ReadAsStringAsync(cancellation));
        while (await database.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM enrichment_history WHERE completed_at IS NULL)", cancellation))
            await Task.Delay(10, cancellation);
    }

    private static byte[] Csv(IEnumerable<SeriesWrite> writes)
    {
        var text = new StringBuilder("symbol,timestamp,open,high,low,close,volume,vwap,trade_count\n");
        foreach (var write in writes)
        {
            foreach (var stored in write.Candles.ToArray())
            {
                var candle = stored.Candle;
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{write.Instrument.Symbol},{candle.Timestamp:yyyy-MM-ddTHH:mm:ssZ},{candle.Open},{candle.High},{candle.Low},{candle.Close},{candle.Volume},{candle.Vwap},{candle.TradeCount}\n");
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
