using System.Diagnostics;
using System.Globalization;

namespace MarketData.Chaos.Tests;

/// <summary>What a scenario did and what came of it: one row of the table that <c>./chaos.sh</c> prints.</summary>
/// <param name="scenario">The scenario's name in the table.</param>
internal sealed class ScenarioRow(string scenario)
{
    private static readonly Lock Table = new();

    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly List<string> _done = [];

    /// <summary>Attempts of jobs that were broken off from outside, and done again.</summary>
    public int? Lost { get; set; }

    /// <summary>Attempts that failed, and were done again.</summary>
    public int? Retried { get; set; }

    /// <summary>Lost jobs that another node went on with.</summary>
    public int? TakenOver { get; set; }

    /// <summary>Rows that were compared with the fault-free run's.</summary>
    public long? RowsCompared { get; set; }

    /// <summary>Adds what was done or seen, in a few words: <c>20 kills</c>.</summary>
    public void Did(string what)
    {
        _done.Add(what);
        TestContext.Current.TestOutputHelper?.WriteLine(what);
    }

    /// <summary>Writes the row, with the verdict of the test that ends now, to the file that <c>CHAOS_TABLE</c> names, if it does.</summary>
    public void Write()
    {
        var verdict = TestContext.Current.TestState?.Result switch
        {
            TestResult.Passed => "right",
            TestResult.Skipped => "skipped",
            _ => "WRONG",
        };
        string?[] cells =
        [
            scenario, string.Join("; ", _done), Cell(Lost), Cell(Retried), Cell(TakenOver), Cell(RowsCompared), verdict,
            Cell((long)Stopwatch.GetElapsedTime(_startedAt).TotalSeconds), Cell(ChaosSettings.Seed),
        ];
        if (Environment.GetEnvironmentVariable("CHAOS_TABLE") is not { Length: > 0 } file)
            return;
        lock (Table)
            File.AppendAllText(file, string.Join('\t', cells.Select(cell => cell is { Length: > 0 } ? cell.ReplaceLineEndings(" ") : "-")) + "\n");
    }

    private static string? Cell(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}
