using System.Diagnostics;
using System.Net;
using MarketData.AppHost.Local.Processes;

namespace MarketData.AppHost.Local.Engine;

/// <summary>One process of a project.</summary>
/// <param name="project">The project.</param>
/// <param name="replica">Which of its replicas this is, from 0.</param>
/// <param name="surroundings">The variables that every service gets.</param>
/// <param name="log">Where its lines go.</param>
internal sealed class ServiceReplica(ProjectResource project, int replica, IReadOnlyDictionary<string, string> surroundings, ConsoleLog log)
    : Supervised(project.Replicas == 1 ? project.Name : $"{project.Name}-{replica + 1}", log)
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan HealthInterval = TimeSpan.FromMilliseconds(100);
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };

    private ChildProcess? _process;
    private RecentLines _said = new(static _ => { });

    /// <inheritdoc/>
    protected override Task<int> Exited => _process?.Exited ?? Task.FromResult(0);

    /// <inheritdoc/>
    protected override string LastWords => _said.ToString();

    /// <inheritdoc/>
    protected override async Task LaunchAsync(CancellationToken cancellation)
    {
        var program = Program();
        var environment = await EnvironmentAsync(cancellation);
        _said = new RecentLines(line => Log.Line(Name, line));
        _process = ChildProcess.Start(
            new ChildCommand(Dotnet(), ["exec", program, .. project.Arguments])
            {
                Environment = environment,
                InheritsEnvironment = false,
                WorkingDirectory = Path.GetDirectoryName(project.ProjectPath),
            },
            _said.Add);
        await BecomeHealthyAsync(_process, cancellation);
    }

    /// <inheritdoc/>
    protected override async Task HaltAsync()
    {
        if (Interlocked.Exchange(ref _process, null) is { } process)
            await process.DisposeAsync();
    }

    // A project is found where the app host's own build put it: bin/Debug/net10.0 beside its project file.
    private string Program()
    {
        var output = AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)[^2..];
        var assembly = Path.GetFileNameWithoutExtension(project.ProjectPath) + ".dll";
        var program = Path.Combine([Path.GetDirectoryName(project.ProjectPath)!, "bin", .. output, assembly]);
        return File.Exists(program) ? program : throw new StartException($"{project.Name} has not been built: there is no {program}.");
    }

    private static string Dotnet() =>
        Environment.ProcessPath is { } self && Path.GetFileNameWithoutExtension(self) == "dotnet" ? self
        : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host
        : Executables.Find("dotnet") ?? throw new StartException("The dotnet command was not found on PATH.");

    private async Task<IReadOnlyDictionary<string, string?>> EnvironmentAsync(CancellationToken cancellation)
    {
        var environment = new Dictionary<string, string>(InheritedEnvironment.Read().Concat(surroundings))
        {
            ["ASPNETCORE_URLS"] = string.Join(';', project.Endpoints.Select(endpoint => endpoint.Url(replica))),
            ["OTEL_SERVICE_NAME"] = project.Name,
            ["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={Name}-{Guid.NewGuid().ToString("N")[..8]}",
        };
        foreach (var addVariables in project.Environment)
            await addVariables(environment, cancellation);
        return environment.ToDictionary(variable => variable.Key, variable => (string?)variable.Value);
    }

    private async Task BecomeHealthyAsync(ChildProcess process, CancellationToken cancellation)
    {
        var patience = Stopwatch.StartNew();
        while (!await IsHealthyAsync(cancellation))
        {
            if (process.Exited.IsCompleted)
                throw new StartException($"{Name} did not start (exit code {await process.Exited}); it last said: {LastWords}");
            if (patience.Elapsed > StartTimeout)
                throw new StartException($"{Name} did not become healthy within {StartTimeout.TotalSeconds:0} s; it last said: {LastWords}");
            await Task.Delay(HealthInterval, cancellation);
        }
    }

    private async Task<bool> IsHealthyAsync(CancellationToken cancellation)
    {
        if (project.HealthPath is null || project.Endpoints is not [var endpoint, ..])
            return true;
        try
        {
            using var response = await Http.GetAsync(new Uri(endpoint.Url(replica) + project.HealthPath), cancellation);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
