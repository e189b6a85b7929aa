using BenchmarkDotNet.Running;
using MarketData.Benchmarks;
using MarketData.Benchmarks.Reporting;

if (args is ["--micro", .. var rest])
{
    BenchmarkSwitcher.FromAssembly(typeof(Benchmark).Assembly).Run(rest);
    return 0;
}

if (!BenchmarkOptions.TryParse(args, out var options, out var complaint))
{
    Console.Error.WriteLine(complaint);
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;
    stop.Cancel();
};

await using var bench = new BenchmarkRun(options);
var comparisons = new List<Comparison>();
var failed = false;
foreach (var benchmark in Catalogue.All.Where(benchmark => options.Wants(benchmark.Names)))
{
    Console.Error.WriteLine($"{string.Join(", ", benchmark.Names)} …");
    try
    {
        comparisons.AddRange(await benchmark.RunAsync(bench, stop.Token));
    }
    catch (Exception e) when (e is InvalidOperationException or HttpRequestException or Npgsql.NpgsqlException)
    {
        // The others are still worth measuring.
        failed = true;
        Console.Error.WriteLine($"  {string.Join(", ", benchmark.Names)} failed: {e}");
    }
}

var engine = await bench.EngineAsync(stop.Token);
Report.Write([.. comparisons.Select(comparison => comparison with { Engine = engine })], options);
return !failed && comparisons.All(comparison => options.Short || comparison.IsMet) ? 0 : 1;
