using System.Globalization;

namespace MarketData.Benchmarks.Runs;

/// <summary>
/// A run with one request a symbol, against a provider that takes 50 ms and allows 100 requests a minute after a burst of 150, against the
/// time in which a token bucket can give out that many permits.
/// </summary>
internal sealed class RunVsBucket : Benchmark
{
    private const double Most = 1.05;

    public override IReadOnlyList<string> Names => ["run_vs_bucket"];

    public override async Task<IReadOnlyList<Comparison>> RunAsync(BenchmarkRun bench, CancellationToken cancellation)
    {
        var (symbols, perMinute, burst) = (bench.Options.Load(500, 60), bench.Options.Load(100, 600), bench.Options.Load(150, 30));
        await using var runs = await EnrichmentRuns.StartAsync(
            bench,
            symbols,
            await WireHost.YahooAsync(TimeSpan.FromMilliseconds(50), cancellation),
            new Dictionary<string, string>
            {
                ["Providers__Yahoo__Resilience__RequestsPerMinute"] = perMinute.ToString(CultureInfo.InvariantCulture),
                ["Providers__Yahoo__Resilience__Burst"] = burst.ToString(CultureInfo.InvariantCulture),
            },
            cancellation);
        var (duration, _) = await runs.RunAsync(cancellation);
        // After a holiday the day that may still come is asked for once more.
        var requests = runs.Provider.Requests;
        if (requests < symbols)
            throw new InvalidOperationException($"The provider was asked {requests} times for {symbols} symbols.");
        var arithmetic = (requests - burst) * 60.0 / perMinute;
        return [new("run_vs_bucket", "s", duration, arithmetic, Most, 1)];
    }
}
