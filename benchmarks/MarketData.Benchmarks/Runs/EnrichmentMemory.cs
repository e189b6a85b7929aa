namespace MarketData.Benchmarks.Runs;

/// <summary>The most memory that enrichment has had through a run of 5,000 symbols; and whether it grows from run to run.</summary>
internal sealed class EnrichmentMemory : Benchmark
{
    private const double Megabyte = 1e6;
    private const double BudgetMegabytes = 300;
    private const double Flat = 1.1;

    public override IReadOnlyList<string> Names => ["memory_run", "memory_growth"];

    public override async Task<IReadOnlyList<Comparison>> RunAsync(BenchmarkRun bench, CancellationToken cancellation)
    {
        var (runs, each) = (bench.Options.Load(20, 4), bench.Options.Load(500, 20));
        double peak;
        await using (var large = await StartAsync(bench, bench.Options.Load(5_000, 50), cancellation))
        {
            await large.RunAsync(cancellation);
            peak = large.Service.PeakWorkingSet();
        }

        await using var small = await StartAsync(bench, each, cancellation);
        var after = new double[runs];
        for (var run = 0; run < runs; run++)
        {
            await small.RunAsync(cancellation);
            after[run] = small.Service.WorkingSet();
        }

        // The first runs fill caches and have code compiled.
        var quarter = runs / 4;
        return
        [
            new("memory_run", "MB", peak / Megabyte, BudgetMegabytes, 1, 1),
            new("memory_growth", "MB", Rounds.Median(after[^quarter..]) / Megabyte, Rounds.Median(after[quarter..(2 * quarter)]) / Megabyte, Flat, runs),
        ];
    }

    private static async Task<EnrichmentRuns> StartAsync(BenchmarkRun bench, int symbols, CancellationToken cancellation) => await EnrichmentRuns.StartAsync(
        bench, symbols, await WireHost.YahooAsync(TimeSpan.Zero, cancellation), EnrichmentRuns.WithoutLimits, cancellation);
}
