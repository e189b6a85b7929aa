using System.Diagnostics;

namespace MarketData.Benchmarks.Start;

/// <summary>A warm <c>dotnet run --project MarketData.AppHost</c>, built before and with its data directory made, until it says that all is ready.</summary>
internal sealed class StartAppHost : Benchmark
{
    private const double BudgetSeconds = 15;
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(3);

    public override IReadOnlyList<string> Names => ["start_app_host"];

    public override async Task<IReadOnlyList<Comparison>> RunAsync(BenchmarkRun bench, CancellationToken cancellation)
    {
        var data = Directory.CreateTempSubdirectory("marketdata-benchmark-").FullName;
        try
        {
            var rounds = new double[bench.Options.Load(Math.Min(bench.Options.Rounds, 3), 1)];
            // The first start builds and makes the database.
            for (var round = -1; round < rounds.Length; round++)
            {
                var seconds = await StartAsync(data, cancellation);
                if (round >= 0)
                    rounds[round] = seconds;
            }

            return [new("start_app_host", "s", Rounds.Median(rounds), BudgetSeconds, 1, rounds.Length)];
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<double> StartAsync(string data, CancellationToken cancellation)
    {
        var project = Path.Combine(BenchmarkOptions.RepositoryRoot(), "MarketData.AppHost");
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(
            "dotnet",
            ["run", "--project", project, "--", "--Ports:Web=0", "--Ports:Api=0", "--Ports:Prometheus=0", "--Database:Kind=embedded", $"--DataDirectory={data}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data == "MarketData is ready.")
                ready.TrySetResult();
        };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var ended = process.WaitForExitAsync(cancellation);
        var first = await Task.WhenAny(ready.Task, ended, Task.Delay(WaitLimit, cancellation));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        using (var end = Process.Start("kill", [process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await end.WaitForExitAsync(cancellation);
        await ended;
        return first == ready.Task ? seconds : throw new InvalidOperationException("The app host did not become ready.");
    }
}
