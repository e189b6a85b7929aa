using System.Text.Json;
using MarketData.Testing;

namespace MarketData.Observability.Tests.Grafana;

/// <summary>The dashboards of this repository.</summary>
public static class Dashboards
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Dashboard> All() =>
        [.. Directory.EnumerateFiles(Path.Combine(AppHostProcess.RepositoryRoot(), "grafana", "dashboards"), "*.json").Select(Read)];

    private static Dashboard Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        var root = document.RootElement.Clone();
        return new Dashboard(
            root.GetProperty("uid").GetString()!,
            [.. root.GetProperty("templating").GetProperty("list").EnumerateArray().Select(variable => variable.GetProperty("name").GetString()!)],
            [.. Panels(root).Where(panel => panel.GetProperty("type").GetString() != "row").Select(Read)]);
    }

    private static IEnumerable<JsonElement> Panels(JsonElement parent)
    {
        if (!parent.TryGetProperty("panels", out var panels))
            return [];
        return panels.EnumerateArray().SelectMany(panel => Panels(panel).Prepend(panel));
    }

    private static DashboardPanel Read(JsonElement panel) => new(
        panel.GetProperty("title").GetString() ?? "",
        [.. panel.GetProperty("targets").EnumerateArray().Select(target => target.GetProperty("expr").GetString()!)],
        panel);
}
