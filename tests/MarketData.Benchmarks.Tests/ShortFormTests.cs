using System.Text.Json;
using MarketData.Testing;

namespace MarketData.Benchmarks.Tests;

/// <summary>The benchmarks' short form runs and writes what it promises. How fast things are is for the full form on a quiet machine.</summary>
public sealed class ShortFormTests
{
    private static readonly string[] Wanted =
    [
        "features_batch", "features_append", "parse_polygon", "parse_binance", "parse_yahoo", "ingest_new", "ingest_unchanged",
        "read_csv", "read_json", "page_throughput", "page_p99", "latest_5000", "latest_5000_anew", "latest_5000_http", "historical_500",
        "overview_5000", "job_overhead", "run_vs_bucket", "run_5000_batched", "job_overhead_batched", "memory_run", "memory_growth",
        "scale_ingest", "scale_page", "scale_size", "start_service",
    ];

    [Fact]
    public async Task The_short_form_measures_and_writes_its_results()
    {
        var output = Directory.CreateTempSubdirectory("marketdata-benchmark-test-");
        try
        {
            await using var run = Start("--short", "--output", output.FullName, "--only", string.Join(',', Wanted));
            await run.EndedAsync(TestContext.Current.CancellationToken, TimeSpan.FromMinutes(5));
            run.ExitCode.ShouldBe(0, run.Output);
            using var results = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(output.FullName, "results.json"), TestContext.Current.CancellationToken));
            var all = results.RootElement.EnumerateArray().ToList();
            all.Select(one => one.GetProperty("name").GetString()).ShouldBe(Wanted);
            foreach (var one in all)
            {
                var (ours, baseline) = (one.GetProperty("ours").GetDouble(), one.GetProperty("baseline").GetDouble());
                ours.ShouldBeGreaterThan(0);
                one.GetProperty("ratio").GetDouble().ShouldBe(ours / baseline, 1e-9);
                one.GetProperty("limit").GetDouble().ShouldBeGreaterThan(0);
                one.GetProperty("unit").GetString().ShouldNotBeNullOrEmpty();
                one.GetProperty("rounds").GetInt32().ShouldBeGreaterThan(0);
            }

            (await File.ReadAllTextAsync(Path.Combine(output.FullName, "results.md"), TestContext.Current.CancellationToken)).ShouldContain("| `features_batch` |");
        }
        finally
        {
            output.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_name_that_is_none_is_answered_with_those_that_are()
    {
        await using var run = Start("--only", "speed");
        await run.EndedAsync(TestContext.Current.CancellationToken);
        run.ExitCode.ShouldBe(2);
        run.Output.ShouldContain("There is no result speed; there are features_batch");
    }

    private static AppHostProcess Start(params string[] arguments) =>
        AppHostProcess.Start("dotnet", [AppHostProcess.Program("benchmarks/MarketData.Benchmarks"), .. arguments]);
}
