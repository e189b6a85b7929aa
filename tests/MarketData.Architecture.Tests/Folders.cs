using System.Text.RegularExpressions;

namespace MarketData.Architecture.Tests;

/// <summary>
/// A project's folders, which are the namespaces just below its own. The root is none of them: there a project is put together, and there is
/// what all its folders share.
/// </summary>
internal static class Folders
{
    /// <summary>The folder of a namespace; null for the root's, and for those of other projects.</summary>
    public static string? Of(string project, string? space) =>
        space?.StartsWith(project + ".", StringComparison.Ordinal) == true ? space[(project.Length + 1)..].Split('.')[0] : null;

    /// <summary>Who uses whom in a project that can't be loaded, by its files' <c>using</c>s; one that is not needed fails the build.</summary>
    public static IEnumerable<FolderUse> OfSources(string project) =>
        from folder in Directory.EnumerateDirectories(Path.Combine(MarketDataArchitecture.Root(), project))
        from file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        from Match match in Regex.Matches(File.ReadAllText(file), $@"^using (?:static )?({Regex.Escape(project)}\.[\w.]+);", RegexOptions.Multiline)
        select new FolderUse(Path.GetFileName(folder), Of(project, match.Groups[1].Value)!, $"{Path.GetFileName(file)} uses {match.Groups[1].Value}");

    /// <summary>Each use that is part of a cycle of folders.</summary>
    public static IReadOnlyList<string> Cycles(IEnumerable<FolderUse> uses)
    {
        var between = uses.Where(use => use.User != use.Used).Distinct().ToList();
        var used = between.ToLookup(use => use.User, use => use.Used);
        return [.. between.Where(use => Reaches(use.Used, use.User, used, [])).Select(use => $"{use.User} -> {use.Used}: {use.How}").Order()];
    }

    private static bool Reaches(string from, string to, ILookup<string, string> used, HashSet<string> seen) =>
        from == to || (seen.Add(from) && used[from].Any(next => Reaches(next, to, used, seen)));
}
