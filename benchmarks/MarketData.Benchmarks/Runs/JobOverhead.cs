namespace MarketData.Benchmarks.Runs;

/// <summary>
/// What a symbol costs beside its candles: from one finished symbol to the next, one at a time, with everything that a job writes, the fetch
/// of a provider that answers at once included; against a budget of 15 ms.
/// </summary>
internal sealed class JobOverhead : Benchmark
{
    private const double BudgetMilliseconds = 15;

    public override IReadOnlyList<string> Names => ["job_overhead"];

    public override async Task<IReadOnlyList<Comparison>> RunAsync(BenchmarkRun bench, CancellationToken cancellation)
    {
        await using var runs = await EnrichmentRuns.StartAsync(
            bench,
            bench.Options.Load(500, 20),
            await WireHost.YahooAsync(TimeSpan.Zero, cancellation),
            new Dictionary<string, string>(EnrichmentRuns.WithoutLimits) { ["Enrichment__Concurrency"] = "1" },
            cancellation);
        // The first run stores the history and warms up; those that follow find nothing new.
        await runs.RunAsync(cancellation);
        var rounds = new double[bench.Options.Rounds];
        for (var round = 0; round < rounds.Length; round++)
            (_, rounds[round]) = await runs.RunAsync(cancellation);
        return [new("job_overhead", "ms", Rounds.Median(rounds) * 1e3, BudgetMilliseconds, 1, rounds.Length)];
    }
}
