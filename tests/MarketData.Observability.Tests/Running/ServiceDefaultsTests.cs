using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MarketData.Testing;
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

        // Prometheus may look into the list of services a moment after they are there.
        IReadOnlyList<(string Name, Uri Address)> services = [];
        await Eventually.BecomesAsync(async () => (services = await ServicesAsync()).Count >= 3, TimeSpan.FromMinutes(1), _cancellation);

        services.Select(service => service.Name).ShouldBe(["api", "enrichment", "web"], ignoreOrder: true);
        foreach (var (name, address) in services)
        {
            using var http = new HttpClient { BaseAddress = address };
            (await http.GetStringAsync(new Uri("/alive", UriKind.Relative), _cancellation)).ShouldBe("Healthy", name);
            var health = await http.GetFromJsonAsync<JsonElement>(new Uri("/health", UriKind.Relative), _cancellation);
            health.GetProperty("status").GetString().ShouldBe("healthy", name);
            health.GetProperty("checks").GetProperty("self").GetProperty("status").GetString().ShouldBe("healthy", name);
            http.DefaultRequestHeaders.Add("Accept", OpenMetrics);
            var metrics = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative), _cancellation);
            var identity = metrics.Split('\n').Single(line => line.StartsWith("target_info{", StringComparison.Ordinal));
            identity.ShouldContain($"service_name=\"{name}\"");
            identity.ShouldContain("service_version=\"1.");
            identity.ShouldContain("service_instance_id=\"");
            metrics.ShouldContain("# {trace_id=\"", customMessage: name);
            using var outside = new HttpClient { BaseAddress = system.Running.Address(name) };
            (await outside.GetStringAsync(new Uri("/health", UriKind.Relative), _cancellation)).ShouldBe("Healthy", name);
            (await outside.GetAsync(new Uri("/metrics", UriKind.Relative), _cancellation)).StatusCode.ShouldBe(HttpStatusCode.NotFound, name);
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
