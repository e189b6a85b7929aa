using MarketData.Testing;

namespace MarketData.Api.Tests.Clients;

/// <summary>The blocks of code in <c>docs/clients.md</c>.</summary>
internal static class ClientPage
{
    private const string Fence = "```";

    /// <summary>Each block with the heading that it stands under.</summary>
    public static IReadOnlyList<(string Heading, string Language, string Code)> Blocks { get; } = [.. Read()];

    /// <summary>The one block under a heading.</summary>
    public static string CodeOf(string heading) => Blocks.Single(block => block.Heading == heading).Code;

    private static IEnumerable<(string Heading, string Language, string Code)> Read()
    {
        var (heading, language, code) = ("", (string?)null, new List<string>());
        foreach (var line in File.ReadLines(Path.Combine(AppHostProcess.RepositoryRoot(), "docs", "clients.md")))
        {
            if (language is null && line.StartsWith('#'))
            {
                heading = line.TrimStart('#', ' ');
            }
            else if (!line.StartsWith(Fence, StringComparison.Ordinal))
            {
                code.Add(line);
            }
            else if (language is null)
            {
                (language, code) = (line[Fence.Length..], []);
            }
            else
            {
                yield return (heading, language, string.Join('\n', code) + "\n");
                language = null;
            }
        }
    }
}
