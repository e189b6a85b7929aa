using MarketData.Storage.Enrichment;

namespace MarketData.Benchmarks.Runs;

/// <summary>The most memory that enrichment has had through a backfill of ten years of five minutes, above what it has when it is idle.</summary>
internal sealed class BackfillMemory : Benchmark
{
    private const double Megabyte = 1e6;
    private const double MostMegabytes = 150;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    public override IReadOnlyList<string> Names => ["memory_backfill"];

    public override async Task<IReadOnlyList<Comparison>> RunAsync(BenchmarkRun bench, CancellationToken cancellation)
    {
        await using var database = await BenchmarkDatabase.CreateAsync(bench, cancellation);
        await database.ExecuteAsync("INSERT INTO symbols (symbol, asset_class, timeframes) VALUES ('AAPL', 'stock', '{5m}')", cancellation);
        await using var simulator = ServiceProcess.Start("Simulator", new Dictionary<string, string>());
        await simulator.AliveAsync(cancellation);
        await using var service = ServiceProcess.Start("Enrichment", new Dictionary<string, string>
        {
            ["ConnectionStrings__marketdata"] = database.ConnectionString,
            ["Providers__Polygon__BaseUrl"] = new Uri(simulator.Address, "polygon").ToString(),
            ["Providers__Polygon__ApiKey"] = "any",
            ["Providers__Polygon__Resilience__RequestsPerMinute"] = "1000000",
            ["Providers__Polygon__Resilience__Burst"] = "1000000",
            ["Providers__Binance__Enabled"] = "false",
            ["Providers__Coinbase__Enabled"] = "false",
            ["Providers__Yahoo__Enabled"] = "false",
            ["Enrichment__RunOnFirstStart"] = "false",
        });
        await service.AliveAsync(cancellation);
        var today = DateTime.UtcNow.Date;
        await RunAsync(database, today.AddDays(-10), today, cancellation);
        var idle = service.WorkingSet();
        await RunAsync(database, today.AddYears(-bench.Options.Load(10, 1)), today, cancellation);
        return [new("memory_backfill", "MB", (service.PeakWorkingSet() - idle) / Megabyte, MostMegabytes, 1, 1)];
    }

    private static async Task RunAsync(BenchmarkDatabase database, DateTime from, DateTime to, CancellationToken cancellation)
    {
        var ticket = await new RunStore(database.Source).CreateAsync(
            new RunRequest { Trigger = RunTrigger.Manual, Symbols = ["AAPL"], From = from, To = to }, cancellation);
        while (await database.ScalarAsync<bool>($"SELECT completed_at IS NULL FROM enrichment_history WHERE job_id = '{ticket.JobId}'", cancellation))
            await Task.Delay(Glance, cancellation);
        if (await database.ScalarAsync<long>($"SELECT records_inserted FROM enrichment_history WHERE job_id = '{ticket.JobId}'", cancellation) == 0)
            throw new InvalidOperationException("The backfill stored nothing.");
    }
}
