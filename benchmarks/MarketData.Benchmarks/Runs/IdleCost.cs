using System.Diagnostics;

namespace MarketData.Benchmarks.Runs;

/// <summary>
/// What 50,000 symbols cost while nothing happens: processor time of the enrichment service and of all of PostgreSQL, in percent of a core,
/// against the one percent that it may be.
/// </summary>
internal sealed class IdleCost : Benchmark
{
    private const int Symbols = 50_000;
    private const double MostPercent = 1;

    public override IReadOnlyList<string> Names => ["idle_50000"];

    public override async Task<IReadOnlyList<Comparison>> RunAsync(BenchmarkRun bench, CancellationToken cancellation)
    {
        var provider = await WireHost.YahooAsync(TimeSpan.Zero, cancellation);
        await using var runs = await EnrichmentRuns.StartAsync(
            bench, bench.Options.Load(Symbols, 500), provider, EnrichmentRuns.WithoutLimits, cancellation);
        await runs.StoreAllAsync(cancellation);
        var postmaster = (await bench.ServerAsync(cancellation)).Postmaster;
        // What starting costs is over: code is compiled, pages are written.
        await Task.Delay(TimeSpan.FromSeconds(bench.Options.Load(60, 1)), cancellation);
        var (service, database, start) = (runs.Service.ProcessorTime(), ProcessorTime.SecondsOf(postmaster), Stopwatch.GetTimestamp());
        await Task.Delay(TimeSpan.FromSeconds(bench.Options.Load(120, 1)), cancellation);
        var elapsed = Stopwatch.GetElapsedTime(start);
        var (ours, theirs) = ((runs.Service.ProcessorTime() - service) / elapsed * 100, (ProcessorTime.SecondsOf(postmaster) - database) / elapsed.TotalSeconds * 100);
        Console.Error.WriteLine($"  enrichment {ours:0.00} %, PostgreSQL {theirs:0.00} %");
        return [new("idle_50000", "% of a core", ours + theirs, MostPercent, 1, 1)];
    }
}
