using System.Diagnostics;

namespace MarketData.Benchmarks.Start;

/// <summary>How long a service takes from its process' start until it answers that it is alive: the slowest of all, against a budget of 2 s.</summary>
internal sealed class StartService : Benchmark
{
    private const double BudgetSeconds = 2;

    public override IReadOnlyList<string> Names => ["start_service"];

    public override async Task<IReadOnlyList<Comparison>> RunAsync(BenchmarkRun bench, CancellationToken cancellation)
    {
        await using var database = await BenchmarkDatabase.CreateAsync(bench, cancellation);
        var slowest = 0.0;
        foreach (var name in (string[])["Enrichment", "Api", "Web", "Simulator"])
        {
            var rounds = new double[bench.Options.Rounds];
            for (var round = -1; round < rounds.Length; round++)
            {
                var seconds = await TimeAsync(name, database, cancellation);
                if (round >= 0)
                    rounds[round] = seconds;
            }

            Console.Error.WriteLine($"  {name}: {Rounds.Median(rounds):0.00} s");
            slowest = Math.Max(slowest, Rounds.Median(rounds));
        }

        return [new("start_service", "s", slowest, BudgetSeconds, 1, bench.Options.Rounds)];
    }

    private static async Task<double> TimeAsync(string name, BenchmarkDatabase database, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        await using var service = ServiceProcess.Start(name, new Dictionary<string, string>
        {
            ["ConnectionStrings__marketdata"] = database.ConnectionString,
            ["services__api__http__0"] = "http://127.0.0.1:1",
            ["Enrichment__RunOnFirstStart"] = "false",
        });
        await service.AliveAsync(cancellation);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
