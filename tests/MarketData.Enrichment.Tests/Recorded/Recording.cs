using System.Text.Json.Nodes;

namespace MarketData.Enrichment.Tests.Recorded;

/// <summary>The answers that providers were seen to give; README.md beside them says where.</summary>
internal static class Recording
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Recorded");

    /// <summary>A recorded body, such as <c>polygon/aggs.json</c>.</summary>
    public static string Text(string file) => File.ReadAllText(Path.Combine(Folder, file));

    /// <summary>A recorded body as JSON.</summary>
    public static JsonNode Json(string file) => JsonNode.Parse(Text(file))!;

    /// <summary>Every recorded file, such as <c>polygon/aggs.json</c>.</summary>
    public static IReadOnlyList<string> Files { get; } =
    [
        .. Directory.EnumerateFiles(Folder, "*.*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/'))
            .Where(file => file.Contains('/', StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];
}
