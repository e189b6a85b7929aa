using System.Text.Json;
using MarketData.Testing;
using MarketData.Testing.Tools;

namespace MarketData.Observability.Tests.Grafana;

public sealed class DashboardSourceTests
{
    [Fact]
    public async Task Dashboards_are_what_the_source_builds_on_Grafanas_published_schema()
    {
        Assert.SkipUnless(Tool.Find("npm") is not null, "npm is not installed, which brings Grafana's schema.");
        var copy = Tool.Copy(Path.Combine(AppHostProcess.RepositoryRoot(), "grafana"));
        try
        {
            var (installed, installing) = await Tool.RunAsync(copy, "npm", "ci", "--no-audit", "--no-fund");
            installed.ShouldBe(0, installing);

            var (code, output) = await Tool.RunAsync(copy, "npm", "run", "check");

            code.ShouldBe(0, output);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    [Fact]
    public void Dashboards_have_units_links_and_a_data_source_to_choose()
    {
        var dashboards = Dashboards.All();

        dashboards.Select(dashboard => dashboard.Uid).ShouldBe(
            ["marketdata-overview", "marketdata-pipeline", "marketdata-quality", "marketdata-resilience", "marketdata-services"], ignoreOrder: true);
        dashboards.ShouldAllBe(dashboard => dashboard.Variables.Contains("datasource"));
        foreach (var panel in dashboards.SelectMany(dashboard => dashboard.Panels))
        {
            panel.Title.ShouldNotBeNullOrEmpty();
            panel.Expressions.ShouldNotBeEmpty(panel.Title);
            panel.Json.GetProperty("fieldConfig").GetProperty("defaults").GetProperty("unit").GetString().ShouldNotBeNullOrEmpty(panel.Title);
        }

        foreach (var dashboard in dashboards)
            dashboard.Panels.Count(panel => panel.Json.TryGetProperty("links", out var links) && links.GetArrayLength() > 0).ShouldBeGreaterThan(0, dashboard.Uid);
        dashboards.SelectMany(dashboard => dashboard.Panels).Count(HasThresholds).ShouldBeGreaterThan(4);
    }

    private static bool HasThresholds(DashboardPanel panel) =>
        panel.Json.GetProperty("fieldConfig").GetProperty("defaults").TryGetProperty("thresholds", out var thresholds)
        && thresholds.TryGetProperty("steps", out var steps) && steps.ValueKind == JsonValueKind.Array && steps.GetArrayLength() > 1;
}
