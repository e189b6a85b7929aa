namespace MarketData.Benchmarks.Runs;

/// <summary>
/// A night of 5,000 stocks, a new day each and their splits and dividends, from a provider that takes 50 ms and answers for many at once:
/// against the time in which the provider's default limit gives out the 300 permits that it may take at most, and what a symbol costs the
/// database, in processor time.
/// </summary>
internal sealed class RunBatched : Benchmark
{
    private const int MostRequests = 300;
    private const double MostMilliseconds = 5;
    private const double Most = 1.1;

    // Alpaca's, where nothing else is set.
    private const double PerMinute = 180;
    private const double Burst = 20;

    public override IReadOnlyList<string> Names => ["run_5000_batched", "job_overhead_batched"];

    public override async Task<IReadOnlyList<Comparison>> RunAsync(BenchmarkRun bench, CancellationToken cancellation)
    {
        var symbols = bench.Options.Load(5_000, 50);
        var provider = await WireHost.AlpacaAsync(TimeSpan.FromMilliseconds(50), cancellation);
        provider.Withheld = 1;
        await using var runs = await EnrichmentRuns.StartAsync(bench, symbols, provider, EnrichmentRuns.WithoutLimits, cancellation);
        // The history, a request for each symbol: a long one fills an answer by itself.
        await runs.RunAsync(cancellation);
        await runs.RestartAsync(new Dictionary<string, string>(), cancellation);
        provider.Withheld = 0;
        await runs.ForgetActionsAsync(cancellation);
        var postmaster = (await bench.ServerAsync(cancellation)).Postmaster;
        var (requests, processor) = (provider.Requests, ProcessorTime.SecondsOf(postmaster));
        var (duration, _) = await runs.RunAsync(cancellation);
        processor = ProcessorTime.SecondsOf(postmaster) - processor;
        requests = provider.Requests - requests;
        Console.Error.WriteLine($"  {requests} requests, {symbols / duration:0} symbols a second");
        return requests > MostRequests
            ? throw new InvalidOperationException($"The provider was asked {requests} times for {symbols} symbols.")
            :
            [
                new("run_5000_batched", "s", duration, (MostRequests - Burst) * 60 / PerMinute, Most, 1),
                new("job_overhead_batched", "ms", processor / symbols * 1e3, MostMilliseconds, 1, 1),
            ];
    }
}
