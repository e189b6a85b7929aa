using System.Text.RegularExpressions;

namespace MarketData.Testing;

/// <summary>One of the services as it runs: a process of its own, on a free port.</summary>
public sealed partial class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(5);

    private readonly AppHostProcess _process;

    private ServiceProcess(AppHostProcess process) => _process = process;

    /// <summary>Calls it; nothing is decompressed and no redirect followed unasked.</summary>
    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>What it has logged so far.</summary>
    public string Output => _process.Output;

    /// <summary>Its exit code, once it has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts it and waits until it can do its work.</summary>
    /// <param name="project">Its project.</param>
    /// <param name="healthPath">Where it says that it can.</param>
    /// <param name="settings">Its settings by name, such as <c>Api:RequestTimeoutSeconds</c>, and environment variables.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="within">The longest that it may take to listen, and then to be well; five minutes when not given.</param>
    /// <exception cref="InvalidOperationException">It took too long; carries its output.</exception>
    public static async Task<ServiceProcess> StartAsync(
        string project, string healthPath, IReadOnlyDictionary<string, string?> settings, CancellationToken cancellation, TimeSpan? within = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var limit = within ?? StartTimeout;
        var environment = settings.ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value);
        environment["Logging__Console__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        var process = AppHostProcess.Start("dotnet", [AppHostProcess.Program(project), "--urls", "http://127.0.0.1:0"], environment);
        var service = new ServiceProcess(process);
        try
        {
            await Eventually.BecomesAsync(() => Listening().IsMatch(process.Output), limit, cancellation);
            service.Client.BaseAddress = new Uri(Listening().Match(process.Output).Groups["url"].Value);
            await Eventually.BecomesAsync(
                async () => (await service.Client.GetAsync(new Uri(healthPath, UriKind.Relative), cancellation)).IsSuccessStatusCode, limit, cancellation);
            return service;
        }
        catch (TimeoutException e)
        {
            await service.DisposeAsync();
            throw new InvalidOperationException($"{project} did not become ready; it printed:\n{process.Output}", e);
        }
    }

    /// <summary>Tells it to stop, as a platform does that takes a container away.</summary>
    public void Terminate() => _process.Signal("TERM");

    /// <summary>Waits until it has ended.</summary>
    public Task EndedAsync(CancellationToken cancellation) => _process.EndedAsync(cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.DisposeAsync();
    }

    [GeneratedRegex(@"Now listening on: (?<url>http://\S+?)(""|\s|$)")]
    private static partial Regex Listening();
}
