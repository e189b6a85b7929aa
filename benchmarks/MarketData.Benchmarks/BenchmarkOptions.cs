using System.Globalization;

namespace MarketData.Benchmarks;

/// <summary>What of the benchmarks is run, and how.</summary>
public sealed record BenchmarkOptions
{
    private const string Usage = """
        Usage: dotnet run -c Release --project benchmarks/MarketData.Benchmarks -- [--short] [--only name[,name…]] [--rounds n] [--millions n] [--output folder] [--docs file]
               dotnet run -c Release --project benchmarks/MarketData.Benchmarks -- --micro [BenchmarkDotNet's arguments]
        """;

    /// <summary>A tenth of the load or less, two rounds: shows that everything works, not how fast it is.</summary>
    public bool Short { get; private init; }

    /// <summary>Names of the results wanted; empty for all.</summary>
    public IReadOnlyList<string> Only { get; private init; } = [];

    /// <summary>Rounds of ours and the baseline, alternating.</summary>
    public int Rounds { get; private init; }

    /// <summary>Millions of candles at the end of the scale benchmark.</summary>
    public int Millions { get; private init; } = 10;

    /// <summary>Where <c>results.json</c> and <c>results.md</c> go.</summary>
    public string Output { get; private init; } = "benchmarks";

    /// <summary>The document whose table of results is replaced; null for none.</summary>
    public string? Docs { get; private init; }

    /// <summary>Whether one of the names is asked for.</summary>
    public bool Wants(IEnumerable<string> names) => Only.Count == 0 || names.Any(Only.Contains);

    /// <summary>One of two numbers: that of the full form, or that of the short one.</summary>
    public int Load(int full, int inShort) => Short ? inShort : full;

    /// <summary>Reads the command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="options">What they ask for.</param>
    /// <param name="complaint">What is wrong with them.</param>
    public static bool TryParse(string[] args, out BenchmarkOptions options, out string complaint)
    {
        ArgumentNullException.ThrowIfNull(args);
        options = new BenchmarkOptions { Output = Path.Combine(RepositoryRoot(), "benchmarks") };
        complaint = Usage;
        int? rounds = null;
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--short":
                    options = options with { Short = true };
                    continue;
                case "--only" when value is not null:
                    options = options with { Only = value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) };
                    break;
                case "--rounds" when int.TryParse(value, CultureInfo.InvariantCulture, out var number) && number > 0:
                    rounds = number;
                    break;
                case "--millions" when int.TryParse(value, CultureInfo.InvariantCulture, out var millions) && millions > 1:
                    options = options with { Millions = millions };
                    break;
                case "--output" when value is not null:
                    options = options with { Output = value };
                    break;
                case "--docs" when value is not null:
                    options = options with { Docs = value };
                    break;
                default:
                    return false;
            }

            i++;
        }

        var unknown = options.Only.Except(Catalogue.All.SelectMany(benchmark => benchmark.Names)).ToList();
        if (unknown.Count > 0)
        {
            complaint = $"There is no result {string.Join(", ", unknown)}; there are {string.Join(", ", Catalogue.All.SelectMany(benchmark => benchmark.Names))}.";
            return false;
        }

        options = options with { Rounds = rounds ?? options.Load(7, 2) };
        return true;
    }

    internal static string RepositoryRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "MarketData.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("The benchmarks do not run inside the repository.");
        return directory.FullName;
    }
}
