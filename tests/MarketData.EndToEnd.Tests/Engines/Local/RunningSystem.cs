using MarketData.Testing;

namespace MarketData.EndToEnd.Tests;

/// <summary>The system under the Local engine: the app host as a process, as a person runs it.</summary>
internal sealed class RunningSystem : IAsyncDisposable
{
    private readonly AppHostProcess _host;
    private readonly string _data;

    private RunningSystem(AppHostProcess host, string data) => (_host, _data) = (host, data);

    /// <summary>The dashboard's address.</summary>
    public Uri Dashboard => _host.Address("Dashboard");

    /// <summary>The simulator's address.</summary>
    public Uri Simulator => new(_host.Address("Simulator"), "/");

    /// <summary>Kills a service, which the app host then starts again.</summary>
    public void Kill(string project) => AppHostProcess.Signal(
        "KILL", _host.Descendants().Single(process => process.Value.Contains(project + ".dll", StringComparison.Ordinal)).Key);

    /// <summary>Starts it with its default settings, but for free ports and data of its own, and waits until all is healthy.</summary>
    public static async Task<RunningSystem> StartAsync(CancellationToken cancellation)
    {
        var data = Directory.CreateTempSubdirectory("marketdata-system-").FullName;
        var host = AppHostProcess.StartSystem(data, []);
        await host.ReadyAsync(cancellation);
        return new RunningSystem(host, data);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }
}
