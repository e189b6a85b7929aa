namespace MarketData.Benchmarks;

/// <summary>Something measured against a baseline, both in the same run.</summary>
internal abstract class Benchmark
{
    /// <summary>The names of its results.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>Measures.</summary>
    public abstract Task<IReadOnlyList<Comparison>> RunAsync(BenchmarkRun bench, CancellationToken cancellation);
}
