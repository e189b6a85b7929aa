using System.Reflection;
using System.Xml.Linq;
using ArchUnitNET.Loader;
using ArchModel = ArchUnitNET.Domain.Architecture;

namespace MarketData.Architecture.Tests;

/// <summary>The compiled projects, and which of them each may depend on.</summary>
internal static class MarketDataArchitecture
{
    /// <summary>Each project with those of the system that it may use. The app host is absent: it starts the others as processes.</summary>
    public static IReadOnlyDictionary<string, string[]> Allowed { get; } = new Dictionary<string, string[]>
    {
        ["MarketData.ServiceDefaults"] = [],
        ["MarketData.Domain"] = [],
        ["MarketData.Storage"] = ["MarketData.Domain"],
        ["MarketData.Bulk"] = ["MarketData.Domain", "MarketData.Storage", "MarketData.ServiceDefaults"],
        ["MarketData.Enrichment"] = ["MarketData.Bulk", "MarketData.Domain", "MarketData.Storage", "MarketData.ServiceDefaults"],
        ["MarketData.Api"] = ["MarketData.Bulk", "MarketData.Domain", "MarketData.Storage", "MarketData.ServiceDefaults"],
        ["MarketData.Web"] = ["MarketData.ServiceDefaults"],
        ["MarketData.Simulator"] = ["MarketData.Domain"],
    };

    /// <summary>Every type of every project but the app host, and what it depends on.</summary>
    public static ArchModel Model { get; } = new ArchLoader().LoadAssemblies([.. Allowed.Keys.Select(AssemblyOf)]).Build();

    /// <summary>The assembly of a project.</summary>
    public static Assembly AssemblyOf(string project) => Assembly.Load(project);

    /// <summary>The folder that holds the solution.</summary>
    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MarketData.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return folder.FullName;
    }

    /// <summary>The names of the projects beside the solution.</summary>
    public static IReadOnlyList<string> Projects() =>
        [.. Directory.EnumerateFiles(Root(), "MarketData.*.csproj", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 }).Select(Path.GetFileNameWithoutExtension).OfType<string>()];

    /// <summary>The project references in a project's file.</summary>
    public static IReadOnlyList<string> References(string project) =>
    [
        .. XDocument.Load(Path.Combine(Root(), project, project + ".csproj")).Descendants("ProjectReference")
            .Select(reference => reference.Attribute("Include")?.Value)
            .OfType<string>()
            .Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))),
    ];
}
