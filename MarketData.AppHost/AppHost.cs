using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

var builder = DistributedApplication.CreateBuilder(args);
var settings = builder.Configuration;

// What is published uses a server that is there already, which keeps the data whatever becomes of the containers.
IResourceBuilder<IResourceWithConnectionString> database = builder.ExecutionContext.IsRunMode && settings.GetConnectionString("marketdata") is null
    ? builder.AddPostgres("postgres")
        .WithImage("timescale/timescaledb", "2.22.1-pg17")
        .WithDataVolume("marketdata-postgres")
        .AddDatabase("marketdata")
    : builder.AddConnectionString("marketdata");

var enrichment = builder.AddProject("enrichment", "../MarketData.Enrichment/MarketData.Enrichment.csproj", launchProfileName: null)
    .WithHttpEndpoint()
    .WithHttpHealthCheck("/health")
    .WithSettings("Enrichment", "Providers", "Quality", "Storage", "Logging")
    .WithReplicas(settings.GetValue("Enrichment:Replicas", 1))
    .WithReference(database).WaitFor(database);

var api = builder.AddProject("api", "../MarketData.Api/MarketData.Api.csproj", launchProfileName: null)
    .WithHttpEndpoint(port: builder.Port("Ports:Api", 8001))
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health")
    .WithUrlForEndpoint("http", url => (url.DisplayText, url.Url) = ("API reference", "/scalar"))
    .WithSettings("Api", "Quality", "Storage", "Logging")
    .WithReference(database).WaitFor(database);

var web = builder.AddProject("web", "../MarketData.Web/MarketData.Web.csproj", launchProfileName: null)
    .WithHttpEndpoint(port: builder.Port("Ports:Web", 8000))
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health")
    .WithUrlForEndpoint("http", url => (url.DisplayText, url.Url) = ("Dashboard", "/dashboard/"))
    .WithSettings("Web", "Logging")
    .WithReference(api).WaitFor(api);

web.WithUrl($"{web.GetEndpoint("http")}/dashboard/jobs", "Jobs");
// The Aspire dashboard that shows this app, for the pages that name a trace.
if (builder.ExecutionContext.IsRunMode && settings["Web:Links:AspireDashboard"] is null && settings["ASPNETCORE_URLS"]?.Split(';')[0] is { Length: > 0 } aspire)
    web.WithEnvironment("Web__Links__AspireDashboard", aspire);

// What can be done from the Aspire dashboard: it is for development, where the API asks for no key.
enrichment
    .WithHttpCommand("/api/v1/enrichment/trigger", "Enrich everything", () => api.GetEndpoint("http"), "trigger", new HttpCommandOptions { IconName = "Play", IsHighlighted = true })
    .WithHttpCommand("/api/v1/enrichment/pause", "Pause", () => api.GetEndpoint("http"), "pause", new HttpCommandOptions { IconName = "Pause" })
    .WithHttpCommand("/api/v1/enrichment/resume", "Resume", () => api.GetEndpoint("http"), "resume", new HttpCommandOptions { IconName = "ArrowClockwise" });

var simulated = settings.GetValue("Simulator:Enabled", builder.Environment.IsDevelopment());
if (simulated)
{
    var simulator = builder.AddProject("simulator", "../MarketData.Simulator/MarketData.Simulator.csproj", launchProfileName: null)
        .WithHttpEndpoint()
        .WithHttpHealthCheck("/alive")
        .WithUrlForEndpoint("http", url => (url.DisplayText, url.Url) = ("Simulator", "/simulator/faults"))
        .WithSettings("Simulator", "Logging");
    enrichment.WithReference(simulator).WaitFor(simulator);
    foreach (var provider in (string[])["Polygon", "Binance", "Yahoo"])
    {
        if (settings[$"Providers:{provider}:BaseUrl"] is null)
            enrichment.WithEnvironment($"Providers__{provider}__BaseUrl", $"{simulator.GetEndpoint("http")}/{provider.ToLowerInvariant()}");
    }

    if (settings["Providers:Binance:BaseUrl"] is null && settings["Providers:Binance:FuturesBaseUrl"] is null)
        enrichment.WithEnvironment("Providers__Binance__FuturesBaseUrl", $"{simulator.GetEndpoint("http")}/binance-futures");
}

foreach (var service in new[] { enrichment, api, web })
{
    // Whether what they show is simulated is for all three to say.
    service.WithEnvironment("Simulator__Enabled", simulated ? "true" : "false");
    // A project without a launch profile is not told, and would ask a developer for keys.
    if (builder.ExecutionContext.IsRunMode)
        service.WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName);
}

// Polygon wants a key, any key while it is simulated, and is left out while there is none.
var polygonKey = builder.AddParameter("polygon-api-key", () => settings["Providers:Polygon:ApiKey"] ?? (simulated ? "simulated" : ""), secret: true);
enrichment.WithEnvironment("Providers__Polygon__ApiKey", polygonKey);

// What is published has its platform's own.
if (builder.ExecutionContext.IsRunMode && settings.GetValue("Monitoring:Enabled", true))
{
    var prometheus = builder.AddContainer("prometheus", "prom/prometheus", "v3.5.0")
        .WithContainerFiles("/etc/prometheus", "../prometheus")
        .WithContainerFiles("/etc/prometheus/targets", async (_, cancellation) => [await TargetsAsync([enrichment, api, web], cancellation)])
        .WithArgs("--config.file=/etc/prometheus/prometheus.yml", "--enable-feature=exemplar-storage")
        .WithVolume("marketdata-prometheus", "/prometheus")
        .WithHttpEndpoint(port: builder.Port("Ports:Prometheus", 9090), targetPort: 9090)
        .WithHttpHealthCheck("/-/ready")
        .WithUrlForEndpoint("http", url => url.DisplayText = "Prometheus");
    web.WithReference(prometheus.GetEndpoint("http"));

    var grafana = builder.AddContainer("grafana", "grafana/grafana", "12.2.1")
        .WithContainerFiles("/etc/grafana/provisioning", "../grafana/provisioning")
        .WithContainerFiles("/var/lib/grafana/dashboards", "../grafana/dashboards")
        .WithEnvironment("PROMETHEUS_URL", $"{prometheus.GetEndpoint("http")}")
        .WithEnvironment("GF_AUTH_ANONYMOUS_ENABLED", "true")
        .WithEnvironment("GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH", "/var/lib/grafana/dashboards/overview.json")
        .WithHttpEndpoint(port: builder.Port("Ports:Grafana", 3000), targetPort: 3000)
        .WithHttpHealthCheck("/api/health")
        .WithUrlForEndpoint("http", url => url.DisplayText = "Grafana")
        .WaitFor(prometheus);
    web.WithReference(grafana.GetEndpoint("http"));
}

builder.Build().Run();

// What prometheus.yml reads: one entry a service, with the address at which a container reaches it.
static async Task<ContainerFile> TargetsAsync(IEnumerable<IResourceBuilder<ProjectResource>> services, CancellationToken cancellation)
{
    var targets = new List<object>();
    foreach (var service in services)
    {
        var address = service.GetEndpoint("http", KnownNetworkIdentifiers.DefaultAspireContainerNetwork).Property(EndpointProperty.HostAndPort);
        targets.Add(new { targets = new[] { await address.GetValueAsync(cancellation) }, labels = new { service = service.Resource.Name } });
    }

    return new ContainerFile { Name = "marketdata.json", Contents = JsonSerializer.Serialize(targets) };
}

internal static class SettingsExtensions
{
    /// <summary>The port in a setting; null, which takes a free one, when that is 0, and the platform's own when this is published.</summary>
    public static int? Port(this IDistributedApplicationBuilder builder, string name, int standard) =>
        builder.ExecutionContext.IsRunMode && builder.Configuration.GetValue(name, standard) is var port and not 0 ? port : null;

    /// <summary>Passes on to a service what is configured for it in these sections, but for keys, which are parameters.</summary>
    public static IResourceBuilder<ProjectResource> WithSettings(this IResourceBuilder<ProjectResource> service, params string[] sections)
    {
        var settings = service.ApplicationBuilder.Configuration;
        foreach (var (name, value) in sections.SelectMany(section => settings.GetSection(section).AsEnumerable()))
        {
            if (value is not null && !name.EndsWith("ApiKey", StringComparison.OrdinalIgnoreCase))
                service.WithEnvironment(name.Replace(":", "__", StringComparison.Ordinal), value);
        }

        return service;
    }
}
