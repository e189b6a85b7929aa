using MarketData.AppHost.Hosting;
using MarketData.AppHost.Monitoring;
using MarketData.AppHost.Postgres;
using MarketData.AppHost.Providers;
using Microsoft.Extensions.Configuration;

DashboardAddresses.MakeFree();
var builder = DistributedApplication.CreateBuilder(args);

var database = builder.AddMarketDataDatabase();

var enrichment = builder.AddProject<Projects.MarketData_Enrichment>("enrichment", launchProfileName: null)
    .WithIconName("ArrowSync")
    .WithHttpEndpoint()
    .WithManagementPort()
    .DisableForwardedHeaders()
    .WithoutHttpsCertificate()
    .WithHttpHealthCheck("/health", endpointName: ServiceExtensions.ManagementEndpoint)
    .WithReplicas(builder.Configuration.GetValue("Enrichment:Replicas", 1))
    .WithSettings("Enrichment", "Import", "Notifications", "Providers", "Quality", "Storage", "Simulator", "Logging")
    .WithBulkFiles()
    .WithReceiverKey()
    .WithMigrationAtStart()
    .WithReference(database).WaitFor(database);

var api = builder.AddProject<Projects.MarketData_Api>("api", launchProfileName: null)
    .WithIconName("PlugConnected")
    .WithHttpEndpoint(port: builder.Port("Ports:Api", 8001))
    .WithoutHttpsCertificate()
    .WithManagementPort()
    .WithTrustedProxies()
    .WithHttpHealthCheck("/health")
    .WithUrlForEndpoint("http", url => (url.DisplayText, url.Url) = ("API reference", "/scalar"))
    .WithSettings("Api", "Import", "Proxies", "Quality", "Storage", "Simulator", "Logging")
    .WithBulkFiles()
    .WithReceiverKey()
    .WithMigrationAtStart()
    .WithReference(database).WaitFor(database);

var web = builder.AddProject<Projects.MarketData_Web>("web", launchProfileName: null)
    .WithIconName("DataTrending")
    .WithHttpEndpoint(port: builder.Port("Ports:Web", 8000))
    .WithoutHttpsCertificate()
    .WithExternalHttpEndpoints()
    .WithManagementPort()
    .WithTrustedProxies()
    .WithHttpHealthCheck("/health")
    .WithUrlForEndpoint("http", url => (url.DisplayText, url.Url) = ("Dashboard", "/dashboard/"))
    .WithSettings("Web", "Proxies", "Simulator", "Logging")
    .WithLinkToAspireDashboard()
    .WithReference(database)
    .WithReference(api).WaitFor(api);

enrichment
    .WithLinkToDashboard(web)
    .WithCommandOfApi(api, "trigger", "Enrich everything", "Play")
    .WithCommandOfApi(api, "pause", "Pause", "Pause")
    .WithCommandOfApi(api, "resume", "Resume", "ArrowClockwise");

if (builder.SimulatesProviders())
{
    var simulator = builder.AddProject<Projects.MarketData_Simulator>("simulator", launchProfileName: null)
        .WithIconName("Beaker")
        .WithHttpEndpoint()
        .WithoutHttpsCertificate()
        .WithHttpHealthCheck("/alive")
        .WithUrlForEndpoint("http", url => (url.DisplayText, url.Url) = ("Simulator", "/simulator/faults"))
        .WithSettings("Simulator", "Logging")
        .WithFaultCommands();

    enrichment.WithSimulatedProviders(simulator).WaitFor(simulator);
}

enrichment.WithProviderKeys();

if (builder.IsMonitored())
{
    var prometheus = builder.AddPrometheus("prometheus", enrichment, api, web);
    var grafana = builder.AddGrafana("grafana", prometheus);

    web.WithLinksTo(prometheus, grafana);
}

builder.PublishManifest();
builder.EndWithDotnetRun();
builder.PrintAddresses(isAwaited: resource => resource is ProjectResource or EmbeddedPostgresResource);
return await builder.Build().RunToEndAsync();
