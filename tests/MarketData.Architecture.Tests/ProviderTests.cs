using System.Text.RegularExpressions;

namespace MarketData.Architecture.Tests;

/// <summary>A provider is one folder and one line of registration: nothing else knows its name.</summary>
public sealed class ProviderTests
{
    // What is told of one provider, or to people, and no list of them.
    private static readonly string[] Exempt =
    [
        "MarketData.Domain/Instruments/KnownTickers.cs", // former tickers, as one provider files them
        "MarketData.Api/OpenApi/ExampleDescriber.cs", // examples
        "MarketData.Web/Presentation/Names.cs", // a name that changed
        "MarketData.AppHost/Providers/SimulatorExtensions.cs", // the secrets that a deployment asks for
    ];

    [Fact]
    public void No_code_outside_its_folder_names_a_provider()
    {
        var names = Registered();
        names.ShouldContain("yahoo");
        var named = new Regex($"\"({string.Join('|', names)})\"", RegexOptions.IgnoreCase);

        Sources()
            .Where(source => !Exempt.Contains(source) && !source.Split('/')[..^1].Any(folder => names.Contains(folder, StringComparer.OrdinalIgnoreCase)))
            .SelectMany(source => File.ReadLines(Path.Combine(MarketDataArchitecture.Root(), source)).Select((line, i) => (Where: $"{source}:{i + 1}", Line: line)))
            .Where(line => !line.Line.TrimStart().StartsWith("//", StringComparison.Ordinal) && named.IsMatch(line.Line))
            .Select(line => $"{line.Where} {line.Line.Trim()}")
            .ShouldBeEmpty();
    }

    [Fact]
    public void Each_folder_of_a_provider_is_registered_in_one_line()
    {
        var lines = File.ReadLines(Path.Combine(MarketDataArchitecture.Root(), "MarketData.Enrichment/Providers/ProviderServices.cs"))
            .Count(line => Regex.IsMatch(line, @"^\s+\w+Provider\.Registration,$"));

        lines.ShouldBe(Registered().Count);
    }

    // The folders that hold a registration.
    private static List<string> Registered() =>
    [
        .. Sources().Where(source => source.StartsWith("MarketData.Enrichment/Providers/", StringComparison.Ordinal) && source.Split('/').Length == 4)
            .Where(source => File.ReadAllText(Path.Combine(MarketDataArchitecture.Root(), source)).Contains("ProviderRegistration Registration", StringComparison.Ordinal))
            .Select(source => source.Split('/')[2].ToLowerInvariant())
            .Distinct(),
    ];

    private static IEnumerable<string> Sources() =>
        from project in MarketDataArchitecture.Projects()
        from file in Directory.EnumerateFiles(Path.Combine(MarketDataArchitecture.Root(), project), "*", SearchOption.AllDirectories)
        where Path.GetExtension(file) is ".cs" or ".razor" or ".js" && !Regex.IsMatch(file, @"[/\\](obj|bin|lib)[/\\]")
        select Path.GetRelativePath(MarketDataArchitecture.Root(), file).Replace('\\', '/');
}
