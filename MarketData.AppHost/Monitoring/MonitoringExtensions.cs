using MarketData.AppHost.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace MarketData.AppHost.Monitoring;

/// <summary>Prometheus and Grafana beside the services, with the repository's own rules and dashboards.</summary>
internal static class MonitoringExtensions
{
    private const string Prometheus = "prom/prometheus";
    private const string PrometheusTag = "v3.5.0";
    private const string Grafana = "grafana/grafana";
    private const string GrafanaTag = "12.2.1";

    private static readonly string[] Arguments = ["--enable-feature=exemplar-storage", "--log.level=warn"];

    /// <summary>
    /// Whether the system is monitored from here: <c>Monitoring:Enabled</c>. Where it is published, its platform does that.
    /// </summary>
    public static bool IsMonitored(this IDistributedApplicationBuilder builder) =>
        builder.ExecutionContext.IsRunMode && builder.Configuration.GetValue("Monitoring:Enabled", true);

    /// <summary>Adds Prometheus: the program of this machine, else a container where an engine answers.</summary>
    /// <returns>The resource; null, which is said in the log, when it can be had in neither way.</returns>
    public static IResourceBuilder<IResourceWithEndpoints>? AddPrometheus(
        this IDistributedApplicationBuilder builder, string name, params IResourceBuilder<ProjectResource>[] services)
    {
        var port = builder.PortOrAnother("Ports:Prometheus", 9090);
        if (Executables.Find("prometheus") is { } program)
            return builder.AddPrometheusProgram(name, program, port, services);
        if (ContainerEngine.Find(builder.Configuration) is { Answers: true } engine && engine.CanGet(Prometheus, PrometheusTag))
            return builder.AddPrometheusContainer(name, port, services);
        builder.SayAtStart(
            $"Prometheus is left out, for its program is not installed and no container engine answers that has or can get the image {Prometheus}:{PrometheusTag}.");
        return null;
    }

    /// <summary>Adds Grafana in a container.</summary>
    /// <returns>The resource; null, which is said in the log, when no container engine answers or there is no Prometheus to ask.</returns>
    public static IResourceBuilder<IResourceWithEndpoints>? AddGrafana(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<IResourceWithEndpoints>? prometheus)
    {
        if (prometheus is null)
            return null;
        if (ContainerEngine.Find(builder.Configuration) is not { Answers: true } engine || !engine.CanGet(Grafana, GrafanaTag))
        {
            builder.SayAtStart(
                $"Grafana is left out, for no container engine answers that has or can get the image {Grafana}:{GrafanaTag}.");
            return null;
        }

        return builder.AddContainer(name, Grafana, GrafanaTag)
            .WithIconName("ChartMultiple")
            .WithContainerFiles("/etc/grafana/provisioning", "../grafana/provisioning")
            .WithContainerFiles("/var/lib/grafana/dashboards", "../grafana/dashboards")
            .WithEnvironment("PROMETHEUS_URL", $"{prometheus.GetEndpoint("http")}")
            .WithEnvironment("GF_AUTH_ANONYMOUS_ENABLED", "true")
            .WithEnvironment("GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH", "/var/lib/grafana/dashboards/overview.json")
            .WithHttpEndpoint(port: builder.PortOrAnother("Ports:Grafana", 3000), targetPort: 3000)
            .WithHttpHealthCheck("/api/health")
            .WithUrlForEndpoint("http", url => url.DisplayText = "Grafana");
    }

    /// <summary>Tells the dashboard of the system where the tools are that run beside it.</summary>
    public static void WithLinksTo(this IResourceBuilder<ProjectResource> web, params IResourceBuilder<IResourceWithEndpoints>?[] tools)
    {
        foreach (var tool in tools)
        {
            if (tool is not null)
                web.WithReference(tool.GetEndpoint("http"));
        }
    }

    private static IResourceBuilder<ExecutableResource> AddPrometheusProgram(
        this IDistributedApplicationBuilder builder, string name, string program, int? port, IResourceBuilder<ProjectResource>[] services)
    {
        var directory = Path.Combine(builder.UseDataDirectory(), name);
        var configuration = Directory.CreateDirectory(Path.Combine(directory, "etc")).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(builder.AppHostDirectory, "../prometheus"), "*.yml"))
            File.Copy(file, Path.Combine(configuration, Path.GetFileName(file)), overwrite: true);
        builder.Services.AddHostedService(host => ActivatorUtilities.CreateInstance<PrometheusTargets>(
            host, Path.Combine(configuration, "targets"), services.Select(service => service.Resource).ToList()));

        var prometheus = builder.AddExecutable(name, program, directory)
            .WithHttpEndpoint(port: port, isProxied: false)
            .WithArgs([.. Arguments])
            .WithArgs($"--config.file={configuration}/prometheus.yml", $"--storage.tsdb.path={directory}/blocks")
            .AsPrometheus();
        return prometheus.WithArgs(context => context.Args.Add(ReferenceExpression.Create(
            $"--web.listen-address=127.0.0.1:{prometheus.GetEndpoint("http").Property(EndpointProperty.Port)}")));
    }

    private static IResourceBuilder<ContainerResource> AddPrometheusContainer(
        this IDistributedApplicationBuilder builder, string name, int? port, IResourceBuilder<ProjectResource>[] services) => builder
        .AddContainer(name, Prometheus, PrometheusTag)
        .WithContainerFiles("/etc/prometheus", "../prometheus")
        .WithContainerFiles("/etc/prometheus/targets", async (_, cancellation) => [await TargetsAsync(services, cancellation)])
        .WithArgs([.. Arguments])
        .WithArgs("--config.file=/etc/prometheus/prometheus.yml")
        .WithVolume("marketdata-prometheus", "/prometheus")
        .WithHttpEndpoint(port: port, targetPort: 9090)
        .AsPrometheus();

    private static IResourceBuilder<T> AsPrometheus<T>(this IResourceBuilder<T> prometheus) where T : IResourceWithEndpoints => prometheus
        .WithIconName("DataHistogram")
        .WithHttpHealthCheck("/-/ready")
        .WithUrlForEndpoint("http", url => url.DisplayText = "Prometheus");

    // A container reaches the services through Aspire's proxy, which has one address for all replicas of a service.
    private static async Task<ContainerFile> TargetsAsync(
        IEnumerable<IResourceBuilder<ProjectResource>> services, CancellationToken cancellation)
    {
        var targets = new List<ScrapeTarget>();
        foreach (var service in services)
        {
            var address = service.GetEndpoint(ServiceExtensions.ManagementEndpoint, KnownNetworkIdentifiers.DefaultAspireContainerNetwork)
                .Property(EndpointProperty.HostAndPort);
            targets.Add(new ScrapeTarget(service.Resource.Name, (await address.GetValueAsync(cancellation))!));
        }

        return new ContainerFile { Name = "marketdata.json", Contents = ScrapeTarget.Json(targets) };
    }
}
