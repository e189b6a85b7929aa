using System.Net;
using MarketData.Benchmarks.Ingest;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;

namespace MarketData.Benchmarks.Features;

/// <summary>
/// Candles with their features against the same without, over HTTP, to the last byte: 10,000 as CSV, and a page of a hundred in the middle of
/// ten years of five minutes, which may take two milliseconds longer; and the memory that exporting all of it takes, above that of the idle
/// service.
/// </summary>
internal sealed class FeatureReads : Benchmark
{
    private const int TenYears = 200_000;
    private const int WarmUps = 50;
    private const double PageMilliseconds = 2;
    private const double MostMegabytes = 150;

    public override IReadOnlyList<string> Names => ["read_features_csv", "read_features_page", "memory_export"];

    public override async Task<IReadOnlyList<Comparison>> RunAsync(BenchmarkRun bench, CancellationToken cancellation)
    {
        await using var database = await BenchmarkDatabase.CreateAsync(bench, cancellation);
        var write = SeriesWrites.Of(0, bench.Options.Load(TenYears, 20_000));
        await SeriesWrites.RegisterAsync(database, [write], cancellation);
        await new SeriesWriter(database.Source).WriteAsync(write, cancellation);
        await new FeatureStore(database.Source).CatchUpAsync(write.Instrument, BarInterval.FiveMinutes, null, null, cancellation);
        await database.ExecuteAsync("VACUUM ANALYZE", cancellation);
        await using var api = ServiceProcess.Start("Api", new Dictionary<string, string>
        {
            ["ConnectionStrings__marketdata"] = database.ConnectionString,
            ["Api__RequestsPerMinutePerAddress"] = "100000000",
        });
        await api.AliveAsync(cancellation);
        const string all = "/api/v1/historical/BENCH0?timeframe=5m&features=true&format=";
        await ExportAsync(api, all + "csv&limit=100", cancellation);
        var idle = api.WorkingSet();
        foreach (var format in (string[])["csv", "parquet", "ndjson", "arrow"])
            await ExportAsync(api, all + format, cancellation);
        var exported = api.PeakWorkingSet() - idle;
        const string range = "/api/v1/historical/BENCH0?timeframe=5m&limit=10000";
        // Between two checkpoints, as far from the one before as it can be.
        var from = write.Candles.Span[write.Candles.Length / 2 / FeatureRun.Spacing * FeatureRun.Spacing - 1].Candle.Timestamp;
        var page = $"/api/v1/historical/BENCH0?timeframe=5m&limit=100&start={from:yyyy-MM-ddTHH:mm:ssZ}";
        for (var i = bench.Options.Load(WarmUps, 2); i > 0; i--)
        {
            foreach (var path in (string[])[range, page])
            {
                await GetAsync(api, path, false, cancellation);
                await GetAsync(api, path, true, cancellation);
            }
        }

        var rounds = bench.Options.Rounds;
        var (csv, bare) = await Rounds.AlternateAsync(rounds, () => GetAsync(api, range, true, cancellation), () => GetAsync(api, range, false, cancellation));
        var (featured, plain) = await Rounds.AlternateAsync(
            rounds * 10, () => GetAsync(api, page, true, cancellation), () => GetAsync(api, page, false, cancellation));
        return
        [
            new("read_features_csv", "ms", csv * 1e3, bare * 1e3, 1.5, rounds),
            new("read_features_page", "ms", Math.Max(0, featured - plain) * 1e3, PageMilliseconds, 1, rounds * 10),
            new("memory_export", "MB", exported / 1e6, MostMegabytes, 1, 1),
        ];
    }

    private static async Task ExportAsync(ServiceProcess api, string path, CancellationToken cancellation)
    {
        using var answer = await api.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellation);
        answer.EnsureSuccessStatusCode();
        await answer.Content.CopyToAsync(Stream.Null, cancellation);
    }

    private static Task<double> GetAsync(ServiceProcess api, string path, bool features, CancellationToken cancellation) => Rounds.TimeAsync(async () =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{path}&features={features}") { Headers = { { "Accept", "text/csv" } } };
        using var answer = await api.Client.SendAsync(request, cancellation);
        if (answer.StatusCode != HttpStatusCode.OK || (await answer.Content.ReadAsByteArrayAsync(cancellation)).Length < 5_000)
            throw new InvalidOperationException($"{path} answered {answer.StatusCode}.");
    });
}
