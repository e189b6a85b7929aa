using System.Collections.Concurrent;
using System.Text;
using MarketData.AppHost.Local.Processes;

namespace MarketData.AppHost.Local.Engine;

/// <summary>
/// Runs the resources as processes of this machine: each when what it waits for is healthy, all until the application is told to stop,
/// and then in the reverse of the order in which they started.
/// </summary>
internal sealed class LocalEngine(IReadOnlyList<Resource> resources, EngineOptions options, ConsoleLog log) : IAsyncDisposable
{
    private readonly ConcurrentStack<Supervised> _started = [];
    private readonly ConcurrentDictionary<IResource, Task> _healthy = [];
    private IDisposable? _lock;
    private AspireDashboard? _dashboard;

    /// <summary>Starts everything, says where to look, and waits for the end.</summary>
    /// <exception cref="StartException">Something could not be started; says what and why.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        _lock = DataDirectoryLock.Take(options.DataDirectory);
        try
        {
            await StartAsync(cancellation);
            log.Say(Addresses());
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            log.Say("Stopping.");
        }
    }

    /// <summary>Stops everything.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var started))
            await started.DisposeAsync();
        if (_dashboard is not null)
            await _dashboard.DisposeAsync();
        _lock?.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        foreach (var container in resources.OfType<ContainerResource>().Where(container => ProgramOf(container) is null))
        {
            container.IsAvailable = false;
            log.Say($"{container.Name} is left out: its program is not installed on this machine.");
        }

        await Ports.ChooseAsync(resources, cancellation);
        _dashboard = AspireDashboard.Start(options.AspireDashboardPort, log);

        // The first failure ends the start of all others; it, and not their being cancelled, is what is reported.
        using var start = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var starts = resources.Select(resource => HealthyAsync(resource, start.Token)).ToList();
        await foreach (var finished in Task.WhenEach(starts).WithCancellation(cancellation))
        {
            if (!finished.IsFaulted)
                continue;
            await start.CancelAsync();
            await Task.WhenAll(starts).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await finished;
        }

        await Task.WhenAll(starts);
    }

    private Task HealthyAsync(IResource resource, CancellationToken cancellation) =>
        _healthy.GetOrAdd(resource, _ => Task.Run(() => StartAsync((Resource)resource, cancellation), cancellation));

    private async Task StartAsync(Resource resource, CancellationToken cancellation)
    {
        foreach (var dependency in resource.Dependencies)
            await HealthyAsync(dependency, cancellation);
        await Task.WhenAll(Processes(resource).Select(process => StartAsync(process, cancellation)));
    }

    private async Task StartAsync(Supervised process, CancellationToken cancellation)
    {
        _started.Push(process);
        await process.StartAsync(cancellation);
    }

    private IEnumerable<Supervised> Processes(Resource resource) => resource switch
    {
        PostgresServerResource server =>
        [
            new PostgresProcess(server, resources.OfType<PostgresDatabaseResource>().Where(database => database.Parent == server), options.DataDirectory, log),
        ],
        ProjectResource project => Enumerable.Range(0, project.Replicas).Select(replica => new ServiceReplica(project, replica, Surroundings(), log)),
        ContainerResource { IsAvailable: true } container =>
        [
            new PrometheusProcess(
                container, ProgramOf(container)!, resources.OfType<ProjectResource>().Where(project => project.Replicas > 1), options.DataDirectory, log),
        ],
        _ => [],
    };

    private static string? ProgramOf(ContainerResource container) => container switch
    {
        PostgresServerResource => container.Name,
        { Image: PrometheusProcess.Image } => Executables.Find("prometheus"),
        _ => null,
    };

    private Dictionary<string, string> Surroundings()
    {
        var variables = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = options.EnvironmentName,
            ["DOTNET_ENVIRONMENT"] = options.EnvironmentName,
        };
        foreach (var (name, value) in _dashboard is null ? options.OtlpVariables : OtlpTo(_dashboard))
            variables[name] = value;
        // Where a page that names a trace can send its reader; what is configured for the service comes before it.
        if (_dashboard is not null)
            variables["Web__Links__AspireDashboard"] = _dashboard.Url;
        return variables;
    }

    private static Dictionary<string, string> OtlpTo(AspireDashboard dashboard) => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = dashboard.OtlpUrl,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "1000",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "1000",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
        ["OTEL_TRACES_SAMPLER"] = "always_on",
        ["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based",
    };

    private string Addresses()
    {
        var text = new StringBuilder().AppendLine().AppendLine("MarketData is ready.").AppendLine();
        foreach (var (name, url) in ShownAddresses())
            text.AppendLine($"  {name,-18}{url}");
        return text.AppendLine().Append("Press Ctrl+C to stop.").ToString();
    }

    private IEnumerable<(string Name, string Url)> ShownAddresses()
    {
        var described =
            from resource in resources
            where resource.IsAvailable
            from endpoint in resource.Endpoints
            where endpoint.Describe is not null
            orderby resource is ContainerResource, endpoint.RequestedPort ?? int.MaxValue
            select Describe(endpoint);
        return _dashboard is null ? described : described.Append(("Aspire dashboard", _dashboard.Url));
    }

    private static (string Name, string Url) Describe(Endpoint endpoint)
    {
        var url = new ResourceUrlAnnotation { Url = endpoint.Url(0), DisplayText = endpoint.Name };
        endpoint.Describe!(url);
        return (url.DisplayText, new Uri(new Uri(endpoint.Url(0)), url.Url).ToString());
    }
}
