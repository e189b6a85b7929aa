using System.Text.RegularExpressions;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Service;

/// <summary>One of the services as it runs: a process of its own, on a free port.</summary>
internal sealed partial class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(5);
    private readonly AppHostProcess _process;

    private ServiceProcess(AppHostProcess process) => _process = process;

    /// <summary>Asks it.</summary>
    public HttpClient Client { get; } = new();

    /// <summary>What it has logged so far.</summary>
    public string Output => _process.Output;

    /// <summary>Starts it and waits until it can do its work.</summary>
    public static async Task<ServiceProcess> StartAsync(
        string project, string healthPath, IReadOnlyDictionary<string, string?> settings, CancellationToken cancellation)
    {
        var environment = settings.ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value);
        environment["Logging__Console__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        var process = AppHostProcess.Start("dotnet", [AppHostProcess.Program(project), "--urls", "http://127.0.0.1:0"], environment);
        var service = new ServiceProcess(process);
        try
        {
            await Eventually.BecomesAsync(() => Listening().IsMatch(process.Output), StartTimeout, cancellation);
            service.Client.BaseAddress = new Uri(Listening().Match(process.Output).Groups["url"].Value);
            await Eventually.BecomesAsync(
                async () => (await service.Client.GetAsync(new Uri(healthPath, UriKind.Relative), cancellation)).IsSuccessStatusCode, StartTimeout, cancellation);
            return service;
        }
        catch (TimeoutException e)
        {
            await service.DisposeAsync();
            throw new InvalidOperationException($"{project} did not become ready; it printed:\n{process.Output}", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.DisposeAsync();
    }

    [GeneratedRegex(@"Now listening on: (?<url>http://\S+)")]
    private static partial Regex Listening();
}
