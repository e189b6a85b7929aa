using System.Diagnostics;
using System.Text.RegularExpressions;
using MarketData.Testing;
using MarketData.Testing.Tools;

namespace MarketData.Api.Tests.Bulk;

/// <summary>The examples of <c>docs/bulk.md</c> that can be run here are, as they stand there.</summary>
public sealed class BulkPageTests(PostgresServer server)
{
    private static readonly string Page = File.ReadAllText(Path.Combine(AppHostProcess.RepositoryRoot(), "docs", "bulk.md"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DuckDB_reads_the_files_of_one_version()
    {
        await using var warehouse = await Warehouse.CreateAsync(server);
        await warehouse.WriteAsync();
        await warehouse.StoreAsync("PLAIN", Domain.Candles.AssetClass.Stock, Domain.Candles.BarInterval.OneDay, Warehouse.Day(450, 71));
        await warehouse.WriteAsync();

        var rows = await Duck.ReadAsync(Code("DuckDB", "sql").Replace("/data/bulk", warehouse.Folder, StringComparison.Ordinal));

        rows.Select(row => ((string)row[0]!, (long)row[1]!)).ShouldBe([("PLAIN", 451), ("SPLIT", 500)]);
    }

    [Fact]
    public async Task The_shell_gets_all_files_of_an_interval_and_checks_them()
    {
        foreach (var tool in (string[])["bash", "curl", "jq", "sha256sum"])
            Assert.SkipWhen(Tool.Find(tool) is null, $"{tool} is not installed.");
        await using var warehouse = await Warehouse.CreateAsync(server);
        await warehouse.WriteAsync();
        await using var api = await BulkApiTests.StartAsync(warehouse);
        await using var folder = new TemporaryFolder();
        var script = Code("Over HTTP", "bash").Replace("http://localhost:8000", api.Client.BaseAddress!.ToString().TrimEnd('/'), StringComparison.Ordinal);

        var said = await Tool.ReadAsync(new ProcessStartInfo("bash", ["-ec", script]) { WorkingDirectory = folder.Path }, null, Cancellation);

        said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(3);
        said.ShouldNotContain("FAILED");
    }

    // The first block of a language under a heading.
    private static string Code(string heading, string language) =>
        Regex.Match(Page, $@"^## {heading}$.*?^```{language}\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline).Groups["code"].Value
            is { Length: > 0 } code ? code : throw new InvalidOperationException($"docs/bulk.md has no {language} under {heading}.");
}
