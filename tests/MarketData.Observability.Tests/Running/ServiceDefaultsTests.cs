using System.Net.Http.Json;
using System.Text.Json;
using MarketData.Testing.Tools;

namespace MarketData.Observability.Tests.Running;

/// <summary>What every service offers to those who look after it.</summary>
public sealed class ServiceDefaultsTests(ObservedSystem system)
{
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0";

    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_service_says_who_and_how_it_is_and_ties_its_metrics_to_traces()
    {
        Assert.SkipUnless(Tool.Find("prometheus") is not null, "Prometheus is not installed, which knows where each service is.");
        await system.StartAsync();

        var services = await ServicesAsync();

        services.Select(service => service.Name).ShouldBe(["api", "enrichment", "web"], ignoreOrder: true);
        foreach (var (name, address) in services)
        {
            using var http = new HttpClient { BaseAddress = address };
            (await http.GetStringAsync(new Uri("/alive", UriKind.Relative), _cancellation)).ShouldBe("Healthy", name);
            (await http.GetStringAsync(new Uri("/health", UriKind.Relative), _cancellation)).ShouldBe("Healthy", name);
            http.DefaultRequestHeaders.Add("Accept", OpenMetrics);
            var metrics = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative), _cancellation);
            var identity = metrics.Split('\n').Single(line => line.StartsWith("target_info{", StringComparison.Ordinal));
            identity.ShouldContain($"service_name=\"{name}\"");
            identity.ShouldContain("service_version=\"1.");
            identity.ShouldContain("service_instance_id=\"");
            metrics.ShouldContain("# {trace_id=\"", customMessage: name);
        }
    }

    private async Task<IReadOnlyList<(string Name, Uri Address)>> ServicesAsync()
    {
        using var prometheus = new HttpClient { BaseAddress = system.Running.Address("prometheus") };
        var answer = await prometheus.GetFromJsonAsync<JsonElement>("/api/v1/targets", _cancellation);
        return
        [
            .. from target in answer.GetProperty("data").GetProperty("activeTargets").EnumerateArray()
               select (target.GetProperty("labels").GetProperty("service").GetString()!, new Uri(new Uri(target.GetProperty("scrapeUrl").GetString()!), "/")),
        ];
    }
}
