using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MarketData.Benchmarks.Reporting;

/// <summary>Prints the comparisons, and writes them as JSON and Markdown. Results of an earlier run that this one did not touch stay.</summary>
internal static class Report
{
    private const string TableStart = "<!-- results -->";
    private const string TableEnd = "<!-- end of results -->";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static void Write(IReadOnlyList<Comparison> comparisons, BenchmarkOptions options)
    {
        Directory.CreateDirectory(options.Output);
        var file = Path.Combine(options.Output, "results.json");
        var all = Merge(file, comparisons);
        File.WriteAllText(file, JsonSerializer.Serialize(all, Json) + "\n");
        var table = Markdown(all);
        File.WriteAllText(Path.Combine(options.Output, "results.md"), table);
        if (options.Docs is { } docs)
            File.WriteAllText(docs, ReplaceTable(File.ReadAllText(docs), table));
        Console.WriteLine(Markdown(comparisons));
    }

    private static List<Comparison> Merge(string file, IReadOnlyList<Comparison> fresh)
    {
        var stale = File.Exists(file) ? JsonSerializer.Deserialize<List<Comparison>>(File.ReadAllText(file), Json)! : [];
        var order = Catalogue.All.SelectMany(benchmark => benchmark.Names).ToList();
        return [.. fresh.Concat(stale).DistinctBy(comparison => (comparison.Name, comparison.Engine)).OrderBy(comparison => order.IndexOf(comparison.Name))];
    }

    private static string Markdown(IEnumerable<Comparison> comparisons)
    {
        var text = new StringBuilder();
        text.AppendLine(Machine.Describe()).AppendLine();
        text.AppendLine("| name | unit | limit | partitions | baseline | ratio | | TimescaleDB | baseline | ratio | |");
        text.AppendLine("|---|---|--:|--:|--:|--:|---|--:|--:|--:|---|");
        foreach (var engines in comparisons.GroupBy(comparison => comparison.Name))
        {
            var one = engines.First();
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| `{one.Name}` | {one.Unit} | {(one.IsFloor ? "≥" : "≤")} {one.Limit:0.###} | {Cells(engines, "partitions")} | {Cells(engines, "timescaledb")} |"));
        }

        return text.ToString();
    }

    private static string Cells(IEnumerable<Comparison> engines, string engine) =>
        engines.SingleOrDefault(comparison => comparison.Engine == engine) is { } one
            ? $"{Number(one.Ours)} | {Number(one.Baseline)} | {Number(one.Ratio)} | {(one.IsMet ? "met" : "**missed**")}"
            : " | | | not run";

    private static string Number(double value) => value.ToString(Math.Abs(value) switch { >= 100 => "N0", >= 1 => "0.00", _ => "0.0000" }, CultureInfo.InvariantCulture);

    private static string ReplaceTable(string document, string table)
    {
        var (start, end) = (document.IndexOf(TableStart, StringComparison.Ordinal), document.IndexOf(TableEnd, StringComparison.Ordinal));
        return start < 0 || end < start
            ? throw new InvalidOperationException($"The document has no {TableStart} … {TableEnd} to put the table between.")
            : $"{document[..(start + TableStart.Length)]}\n\n{table}\n{document[end..]}";
    }
}
