using System.Globalization;
using System.Text.Json;
using MarketData.AppHost.Local.Processes;

namespace MarketData.AppHost.Local.Engine;

/// <summary>Prometheus as installed on this machine, in place of its container.</summary>
/// <param name="container">The container that it stands for.</param>
/// <param name="program">The full path of the program.</param>
/// <param name="replicated">The services of which Prometheus is to see every replica.</param>
/// <param name="dataDirectory">Where it keeps its configuration and its blocks.</param>
/// <param name="log">Where its lines go.</param>
internal sealed class PrometheusProcess(
    ContainerResource container, string program, IEnumerable<ProjectResource> replicated, string dataDirectory, ConsoleLog log)
    : Supervised(container.Name, log)
{
    /// <summary>The image whose program this is.</summary>
    public const string Image = "prom/prometheus";

    private readonly string _root = Path.Combine(dataDirectory, container.Name);
    private RecentLines _said = new(static _ => { });
    private ChildProcess? _process;

    /// <inheritdoc/>
    protected override Task<int> Exited => _process?.Exited ?? Task.FromResult(0);

    /// <inheritdoc/>
    protected override string LastWords => _said.ToString();

    /// <inheritdoc/>
    protected override async Task LaunchAsync(CancellationToken cancellation)
    {
        foreach (var write in container.Files)
            await write(_root, cancellation);
        await WriteFurtherReplicasAsync(cancellation);

        _said = new RecentLines(line => Log.Line(Name, line));
        var port = container.Endpoints[0].Ports[0].ToString(CultureInfo.InvariantCulture);
        var arguments = container.Arguments.Select(argument => argument.Replace("=/etc/", $"={_root}/etc/", StringComparison.Ordinal));
        _process = ChildProcess.Start(
            new ChildCommand(
                program,
                [
                    .. arguments, $"--storage.tsdb.path={Path.Combine(_root, "blocks")}", $"--web.listen-address=127.0.0.1:{port}",
                    "--log.level=warn",
                ]),
            _said.Add);
    }

    /// <inheritdoc/>
    protected override async Task HaltAsync()
    {
        if (Interlocked.Exchange(ref _process, null) is { } process)
            await process.DisposeAsync();
    }

    // Aspire puts one address before all replicas of a service. Here each has its own, and the first is the one that a reference gives.
    private async Task WriteFurtherReplicasAsync(CancellationToken cancellation)
    {
        var targets =
            from project in replicated
            from replica in Enumerable.Range(1, project.Replicas - 1)
            select new { targets = new[] { new Uri(project.Endpoints[0].Url(replica)).Authority }, labels = new { service = project.Name } };
        var directory = Directory.CreateDirectory(Path.Combine(_root, "etc", "prometheus", "targets")).FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "replicas.json"), JsonSerializer.Serialize(targets), cancellation);
    }
}
