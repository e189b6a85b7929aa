using System.Runtime.InteropServices;
using MarketData.AppHost.Local.Engine;
using MarketData.AppHost.Local.Processes;

namespace Aspire.Hosting;

/// <summary>The application that <c>AppHost.cs</c> describes, run as processes on this machine.</summary>
public sealed class DistributedApplication
{
    private readonly IReadOnlyList<Resource> _resources;
    private readonly EngineOptions _options;

    internal DistributedApplication(IReadOnlyList<Resource> resources, EngineOptions options) => (_resources, _options) = (resources, options);

    /// <summary>Begins the description of an application.</summary>
    /// <param name="args">Settings from the command line, as <c>--Name=value</c>.</param>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => new DistributedApplicationBuilder(args);

    /// <summary>Runs the application until Ctrl+C; what stands in its way is said in one sentence, and the exit code is then 1.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <summary>Runs the application until Ctrl+C or until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, stop));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stop));
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => Stop(signal, stop));
        using var orphaned = ParentProcess.OnDeathOfDotnetRun(stop.Cancel);
        var log = new ConsoleLog(Console.Out);
        try
        {
            await using var engine = new LocalEngine(_resources, _options, log);
            await engine.RunAsync(stop.Token);
        }
        catch (StartException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            Environment.ExitCode = 1;
        }
    }

    // The first signal stops in order; a second one, from a person who has waited long enough, leaves the rest to the launchers, which
    // stop their children when this process is gone.
    private static void Stop(PosixSignalContext signal, CancellationTokenSource stop)
    {
        if (stop.IsCancellationRequested)
            return;
        signal.Cancel = true;
        stop.Cancel();
    }
}
