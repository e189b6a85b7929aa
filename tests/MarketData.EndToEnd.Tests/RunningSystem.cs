using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace MarketData.Testing;

/// <summary>
/// The app host that a user runs, in this process, with its default settings but for free ports, an embedded PostgreSQL, a data
/// directory of its own, which is removed with it, and the Aspire dashboard only where a test looks at it.
/// </summary>
public sealed class RunningSystem : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(5);
    private static readonly string[] Services = ["simulator", "enrichment", "api", "web"];

    private readonly DistributedApplication _application;
    private readonly DirectoryInfo _data;

    private RunningSystem(DistributedApplication application, DirectoryInfo data) => (_application, _data) = (application, data);

    /// <summary>The dashboard's address.</summary>
    public Uri Dashboard => new(Address("web"), "dashboard/");

    /// <summary>The simulator's address.</summary>
    public Uri Simulator => Address("simulator");

    /// <summary>The address of the Aspire dashboard, where it was started; it asks for no token here.</summary>
    public Uri AspireDashboard => Address("aspire-dashboard");

    /// <summary>Starts it and waits until all services are healthy.</summary>
    /// <param name="settings">More arguments of the app host.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="withAspireDashboard">Whether the Aspire dashboard runs too, and is sent what all services record.</param>
    public static async Task<RunningSystem> StartAsync(
        IEnumerable<string> settings, CancellationToken cancellation, bool withAspireDashboard = false)
    {
        var data = ScratchDirectory.Create("marketdata-system-");
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.MarketData_AppHost>(
            [
                "--Ports:Web=0", "--Ports:Api=0", "--Ports:Prometheus=0", "--Database:Kind=embedded", $"--DataDirectory={data.FullName}",
                "--ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS=true", .. settings,
            ],
            (options, _) => options.DisableDashboard = !withAspireDashboard,
            cancellation);
        // A circuit that ends by a fault then tells the browser which, and the tests look at what the browser complains of.
        builder.CreateResourceBuilder<ProjectResource>("web").WithEnvironment("DetailedErrors", "true");
        var application = await builder.BuildAsync(cancellation);
        var system = new RunningSystem(application, data);
        await application.StartAsync(cancellation);
        foreach (var service in Services)
            await system.HealthyAsync(service, cancellation);
        return system;
    }

    /// <summary>The address of a resource of the app host.</summary>
    public Uri Address(string resource) => _application.GetEndpoint(resource, "http");

    /// <summary>Waits until a resource is healthy.</summary>
    public Task HealthyAsync(string resource, CancellationToken cancellation) =>
        _application.ResourceNotifications.WaitForResourceHealthyAsync(resource, cancellation).WaitAsync(StartTimeout, cancellation);

    /// <summary>Does what a person does with a command of a resource in the Aspire dashboard.</summary>
    public Task<ExecuteCommandResult> ExecuteCommandAsync(string resource, string command, CancellationToken cancellation) =>
        _application.ResourceCommands.ExecuteCommandAsync(resource, command, cancellation);

    /// <summary>Kills a service without warning.</summary>
    public void Kill(string service)
    {
        if (!_application.ResourceNotifications.TryGetCurrentState(service, out var state)
            || state.Snapshot.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value is not { } launcher)
            throw new InvalidOperationException($"{service} does not run.");
        // The orchestrator starts a project by `dotnet run`, which ends with it.
        AppHostProcess.Signal("KILL", AppHostProcess.ChildOf(Convert.ToInt32(launcher, CultureInfo.InvariantCulture)));
    }

    /// <summary>Waits until a replica of a resource has ended, and starts it again.</summary>
    public async Task StartAgainAsync(string resource, CancellationToken cancellation)
    {
        var ended = await _application.ResourceNotifications.WaitForResourceAsync(
            resource, static changed => KnownResourceStates.TerminalStates.Contains(changed.Snapshot.State?.Text), cancellation).WaitAsync(StartTimeout, cancellation);
        var started = await _application.ResourceCommands.ExecuteCommandAsync(ended.ResourceId, KnownResourceCommands.StartCommand, cancellation);
        if (!started.Success)
            throw new InvalidOperationException($"{resource} could not be started: {started.Message}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _data.Delete(recursive: true);
    }
}
