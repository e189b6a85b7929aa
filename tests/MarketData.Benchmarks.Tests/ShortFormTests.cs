using System.Text.Json;
using MarketData.Testing;

namespace MarketData.Benchmarks.Tests;

/// <summary>The benchmarks' short form runs and writes what it promises. How fast things are is for the full form on a quiet machine.</summary>
public sealed class ShortFormTests
{
    private static readonly string[] Wanted =
    [
        "features_batch", "features_append", "parse_polygon", "parse_binance", "parse_yahoo", "ingest_new", "ingest_unchanged", "import_million",
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
    public async Task A_page_keeps_what_this_run_did_not_measure()
    {
        var output = Directory.CreateTempSubdirectory("marketdata-benchmark-test-");
        try
        {
            var page = Path.Combine(output.FullName, "page.md");
            const string kept = "| `features_batch` | ns/candle | ≤ 1 | 108 | 150 | 0.7200 | met |  | | | not run |";
            await File.WriteAllTextAsync(
                page,
                $"# Before\n\n<!-- results -->\n\nA machine\n\n| name |\n|---|\n{kept}\n"
                + "| `features_append` | µs | ≤ 0.01 | 9 | 9 | 1.00 | **missed** | 7.00 | 7.50 | 0.9333 | met |\n\n<!-- end of results -->\n\nAfter\n",
                TestContext.Current.CancellationToken);
            await using var run = Start("--short", "--output", output.FullName, "--only", "features_append", "--docs", page);
            await run.EndedAsync(TestContext.Current.CancellationToken, TimeSpan.FromMinutes(5));
            run.ExitCode.ShouldBe(0, run.Output);
            var lines = await File.ReadAllLinesAsync(page, TestContext.Current.CancellationToken);
            lines[0].ShouldBe("# Before");
            lines[^1].ShouldBe("After");
            var rows = lines.Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToList();
            rows.Count.ShouldBe(2);
            rows[0].ShouldBe(kept);
            rows[1].ShouldNotContain("| 9 |");
            rows[1].ShouldEndWith("| 7.00 | 7.50 | 0.9333 | met |");
            string.Join('\n', lines).ShouldContain("| name | unit | limit |");
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
