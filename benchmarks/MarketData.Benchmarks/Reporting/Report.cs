using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MarketData.Benchmarks.Reporting;

/// <summary>
/// Prints the comparisons, and writes them as JSON and Markdown. Results of an earlier run that this one did not touch stay, in a document too.
/// </summary>
internal static class Report
{
    private const string TableStart = "<!-- results -->";
    private const string TableEnd = "<!-- end of results -->";
    private const string RowStart = "| `";
    private const string NotRun = "not run";

    // Before the first bar, name, unit and limit; of each engine ours, the baseline, the ratio and whether the limit is kept to.
    private const int CellsBefore = 4;
    private const int CellsOfEngine = 4;

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
            : $" | | | {NotRun}";

    private static string Number(double value) => value.ToString(Math.Abs(value) switch { >= 100 => "N0", >= 1 => "0.00", _ => "0.0000" }, CultureInfo.InvariantCulture);

    private static string ReplaceTable(string document, string table)
    {
        var (start, end) = (document.IndexOf(TableStart, StringComparison.Ordinal), document.IndexOf(TableEnd, StringComparison.Ordinal));
        if (start < 0 || end < start)
            throw new InvalidOperationException($"The document has no {TableStart} … {TableEnd} to put the table between.");
        start += TableStart.Length;
        return $"{document[..start]}\n\n{Complete(table, document[start..end])}\n{document[end..]}";
    }

    // With the rows of the table before that this one lacks, and the figures on the engine that it was not run on.
    private static string Complete(string table, string before)
    {
        var order = Catalogue.All.SelectMany(benchmark => benchmark.Names).ToList();
        var (known, fresh) = (Rows(before), Rows(table));
        var rows = order.Where(name => known.ContainsKey(name) || fresh.ContainsKey(name))
            .Select(name => !fresh.TryGetValue(name, out var row) ? known[name] : known.TryGetValue(name, out var old) ? Complete(row, old) : row);
        var heading = table.Split('\n').TakeWhile(line => !line.StartsWith(RowStart, StringComparison.Ordinal));
        return string.Join('\n', [.. heading.Where((line, i) => line.Length > 0 || i == 1), .. rows.Select(cells => string.Join('|', cells)), ""]);
    }

    private static string[] Complete(string[] row, string[] old)
    {
        foreach (var engine in (ReadOnlySpan<int>)[CellsBefore, CellsBefore + CellsOfEngine])
        {
            if (row[engine + CellsOfEngine - 1].Trim() == NotRun && old[1..CellsBefore].Select(cell => cell.Trim()).SequenceEqual(row[1..CellsBefore].Select(cell => cell.Trim())))
                old.AsSpan(engine, CellsOfEngine).CopyTo(row.AsSpan(engine));
        }

        return row;
    }

    private static Dictionary<string, string[]> Rows(string table) => table.Split('\n').Where(line => line.StartsWith(RowStart, StringComparison.Ordinal))
        .ToDictionary(line => line.Split('`')[1], line => line.TrimEnd().Split('|'));
}
