using System.Diagnostics;
using System.Net;
using System.Text.Json;
using MarketData.Benchmarks.Ingest;
using MarketData.Storage.Candles;

namespace MarketData.Benchmarks.Read;

/// <summary>
/// 10,000 candles over HTTP, against PostgreSQL's own COPY … TO STDOUT (FORMAT CSV) of the same rows, each to the last byte; and pages of a
/// hundred candles a second, against a minimal API that has one prepared query and writes the same JSON.
/// </summary>
internal sealed class Read : Benchmark
{
    private const int Candles = 10_000;
    private const int WarmUps = 150;
    private const int Callers = 8;
    private const double MostSpread = 5;
    private const string Page = "/api/v1/historical/BENCH0?timeframe=5m&limit=100";
    private const string MinimalPage = "/BENCH0";

    public override IReadOnlyList<string> Names => ["read_csv", "read_json", "page_throughput", "page_p99"];

    public override async Task<IReadOnlyList<Comparison>> RunAsync(BenchmarkRun bench, CancellationToken cancellation)
    {
        await using var database = await BenchmarkDatabase.CreateAsync(bench, cancellation);
        var write = SeriesWrites.Of(0, Candles);
        await SeriesWrites.RegisterAsync(database, [write], cancellation);
        await new SeriesWriter(database.Source).WriteAsync(write, cancellation);
        await database.ExecuteAsync("VACUUM ANALYZE", cancellation);
        await using var api = ServiceProcess.Start("Api", new Dictionary<string, string>
        {
            ["ConnectionStrings__marketdata"] = database.ConnectionString,
            ["Api__RequestsPerMinutePerAddress"] = "100000000",
        });
        await api.AliveAsync(cancellation);
        var range = $"/api/v1/historical/BENCH0?timeframe=5m&limit={Candles}";
        // A service that has been in use for a while: its code is compiled for what it does.
        for (var i = bench.Options.Load(WarmUps, 2); i > 0; i--)
        {
            await GetAsync(api, range, "text/csv", cancellation);
            await GetAsync(api, range, "application/json", cancellation);
        }

        var (csv, csvCopy) = await Rounds.AlternateAsync(bench.Options.Rounds, () => GetAsync(api, range, "text/csv", cancellation), () => CopyAsync(database, cancellation));
        var (json, jsonCopy) = await Rounds.AlternateAsync(bench.Options.Rounds, () => GetAsync(api, range, "application/json", cancellation), () => CopyAsync(database, cancellation));
        return
        [
            new("read_csv", "ms", csv * 1e3, csvCopy * 1e3, 1.1, bench.Options.Rounds),
            new("read_json", "ms", json * 1e3, jsonCopy * 1e3, 1.6, bench.Options.Rounds),
            .. await ThroughputAsync(bench, database, api, write.Candles.Span[^200].Candle.Timestamp, cancellation),
        ];
    }

    private static async Task<Comparison[]> ThroughputAsync(
        BenchmarkRun bench, BenchmarkDatabase database, ServiceProcess api, DateTime from, CancellationToken cancellation)
    {
        var body = await api.Client.GetByteArrayAsync(Page, cancellation);
        var cursor = JsonDocument.Parse(body).RootElement.GetProperty("next_cursor").GetString()!;
        await using var minimal = await MinimalHost.StartAsync(database.ConnectionString, from, cursor, cancellation);
        if (!(await minimal.Client.GetByteArrayAsync(MinimalPage, cancellation)).SequenceEqual(body))
            throw new InvalidOperationException("The minimal API answers otherwise than the Api.");
        var duration = TimeSpan.FromSeconds(bench.Options.Load(3, 1));
        await RateAsync(api.Client, Page, duration, cancellation);
        await RateAsync(minimal.Client, MinimalPage, duration, cancellation);
        var rounds = Math.Min(bench.Options.Rounds, 3);
        var (ours, baseline) = await Rounds.AlternateAsync(
            rounds, () => RateAsync(api.Client, Page, duration, cancellation), () => RateAsync(minimal.Client, MinimalPage, duration, cancellation));
        var latencies = new List<(double Median, double P99)>();
        for (var round = 0; round < rounds; round++)
            latencies.Add(await LatencyAsync(api.Client, ours * 0.8, duration, cancellation));
        var (median, p99) = latencies.OrderBy(latency => latency.P99 / latency.Median).ElementAt(rounds / 2);
        return
        [
            new("page_throughput", "requests/s", ours, baseline, 1.2, rounds, IsFloor: true),
            new("page_p99", "ms", p99 * 1e3, median * 1e3, MostSpread, rounds),
        ];
    }

    private static Task<double> GetAsync(ServiceProcess api, string path, string format, CancellationToken cancellation) => Rounds.TimeAsync(async () =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", format } } };
        using var answer = await api.Client.SendAsync(request, cancellation);
        if (answer.StatusCode != HttpStatusCode.OK || (await answer.Content.ReadAsByteArrayAsync(cancellation)).Length < Candles * 50)
            throw new InvalidOperationException($"{path} as {format} answered {answer.StatusCode}.");
    });

    // The same rows as the API gives, formatted by the server; the verdicts as the bits that they are stored as.
    private static Task<double> CopyAsync(BenchmarkDatabase database, CancellationToken cancellation) => Rounds.TimeAsync(async () =>
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellation);
        using var rows = await connection.BeginTextExportAsync(
            "COPY (SELECT b.ts, open, high, low, close, volume, vwap, trade_count, k.name, issues "
            + "FROM bars_5m b JOIN candle_sources k ON k.id = b.source "
            + "WHERE b.series_id = (SELECT id FROM series WHERE symbol = 'BENCH0' AND timeframe = '5m') ORDER BY b.ts) TO STDOUT (FORMAT CSV)",
            cancellation);
        var buffer = new char[64 * 1024];
        while (await rows.ReadAsync(buffer.AsMemory(), cancellation) > 0)
        {
        }
    });

    // Callers that ask again as soon as they are answered.
    private static async Task<double> RateAsync(HttpClient client, string path, TimeSpan duration, CancellationToken cancellation)
    {
        var (answers, start) = (0, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(
            async () =>
            {
                while (Stopwatch.GetElapsedTime(start) < duration)
                {
                    await client.GetByteArrayAsync(path, cancellation);
                    Interlocked.Increment(ref answers);
                }
            },
            cancellation)));
        return answers / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // The same callers on a steady beat. A request that the one before has kept waiting counts from when it was due.
    private static async Task<(double Median, double P99)> LatencyAsync(HttpClient client, double rate, TimeSpan duration, CancellationToken cancellation)
    {
        var (start, period) = (Stopwatch.GetTimestamp(), TimeSpan.FromSeconds(Callers / rate));
        var times = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(
            async () =>
            {
                var taken = new List<double>();
                for (var due = period * caller / Callers; due < duration; due += period)
                {
                    if (due - Stopwatch.GetElapsedTime(start) is var early && early > TimeSpan.Zero)
                        await Task.Delay(early, cancellation);
                    await client.GetByteArrayAsync(Page, cancellation);
                    taken.Add((Stopwatch.GetElapsedTime(start) - due).TotalSeconds);
                }

                return taken;
            },
            cancellation)));
        double[] all = [.. times.SelectMany(static taken => taken).Order()];
        return (all[all.Length / 2], all[all.Length * 99 / 100]);
    }
}
