using System.Globalization;
using MarketData.AppHost.Local.Processes;

namespace MarketData.AppHost.Local.Engine;

/// <summary>The Aspire dashboard, which the <c>aspire</c> command brings along, as the place where all services send their telemetry.</summary>
internal sealed class AspireDashboard : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private AspireDashboard(ChildProcess process, int port, int otlpPort) =>
        (_process, Url, OtlpUrl) = (process, $"http://localhost:{port}", $"http://localhost:{otlpPort}");

    /// <summary>Where people look at it.</summary>
    public string Url { get; }

    /// <summary>Where services send to, over gRPC.</summary>
    public string OtlpUrl { get; }

    /// <summary>Starts it, without waiting until it is ready: nothing depends on it, and its first start takes a while.</summary>
    /// <returns>The dashboard; null when the <c>aspire</c> command is not on this machine.</returns>
    public static AspireDashboard? Start(int preferredPort, ConsoleLog log)
    {
        if (Executables.Find("aspire") is not { } aspire)
            return null;
        var (port, otlpPort, otlpHttpPort) = (Ports.FreeOr(preferredPort), Ports.Free(), Ports.Free());
        var command = new ChildCommand(
            aspire,
            [
                "dashboard", "run", "--allow-anonymous", "--frontend-url", Loopback(port), "--otlp-grpc-url", Loopback(otlpPort),
                "--otlp-http-url", Loopback(otlpHttpPort), "--nologo", "--non-interactive",
            ])
        {
            Environment = new Dictionary<string, string?> { ["ASPIRE_CLI_TELEMETRY_OPTOUT"] = "true", ["NO_COLOR"] = "1" },
            InheritsEnvironment = true,
        };
        return new AspireDashboard(ChildProcess.Start(command, Say), port, otlpPort);

        void Say(string line)
        {
            if (!string.IsNullOrWhiteSpace(line))
                log.Line("dashboard", line.TrimEnd());
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static string Loopback(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
}
