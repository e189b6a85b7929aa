using System.Diagnostics;
using System.Globalization;

namespace MarketData.Benchmarks.Runs;

/// <summary>
/// What 50,000 symbols cost while nothing happens: processor time of the enrichment service and of all of PostgreSQL, in percent of a core,
/// against the one percent that it may be.
/// </summary>
internal sealed class IdleCost : Benchmark
{
    private const int Symbols = 50_000;
    private const double MostPercent = 1;
    private const double TicksPerSecond = 100;

    public override IReadOnlyList<string> Names => ["idle_50000"];

    public override async Task<IReadOnlyList<Comparison>> RunAsync(BenchmarkRun bench, CancellationToken cancellation)
    {
        await using var runs = await EnrichmentRuns.StartAsync(bench, bench.Options.Load(Symbols, 500), TimeSpan.Zero, EnrichmentRuns.WithoutLimits, cancellation);
        await runs.StoreAllAsync(cancellation);
        var postmaster = (await bench.ServerAsync(cancellation)).Postmaster;
        // What starting costs is over: code is compiled, pages are written.
        await Task.Delay(TimeSpan.FromSeconds(bench.Options.Load(60, 1)), cancellation);
        var (service, database, start) = (runs.Service.ProcessorTime(), ProcessorSeconds(postmaster), Stopwatch.GetTimestamp());
        await Task.Delay(TimeSpan.FromSeconds(bench.Options.Load(120, 1)), cancellation);
        var elapsed = Stopwatch.GetElapsedTime(start);
        var (ours, theirs) = ((runs.Service.ProcessorTime() - service) / elapsed * 100, (ProcessorSeconds(postmaster) - database) / elapsed.TotalSeconds * 100);
        Console.Error.WriteLine($"  enrichment {ours:0.00} %, PostgreSQL {theirs:0.00} %");
        return [new("idle_50000", "% of a core", ours + theirs, MostPercent, 1, 1)];
    }

    // Of a process, its children, and those that have ended. Source: proc(5), /proc/pid/stat: fields 14 to 17.
    private static double ProcessorSeconds(int parent)
    {
        var ticks = 0L;
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            string stat;
            try
            {
                stat = File.ReadAllText(Path.Combine(folder, "stat"));
            }
            catch (IOException)
            {
                // Ended since it was listed; its parent counts it.
                continue;
            }

            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var isParent = Path.GetFileName(folder) == parent.ToString(CultureInfo.InvariantCulture);
            if (isParent || fields[1] == parent.ToString(CultureInfo.InvariantCulture))
                ticks += fields[11..(isParent ? 15 : 13)].Sum(long.Parse);
        }

        return ticks / TicksPerSecond;
    }
}
