using System.Text.RegularExpressions;
using MarketData.Testing;

namespace MarketData.Api.Tests;

/// <summary>The API as it runs: a process of its own, on a free port, with a database of the test's.</summary>
public sealed partial class ApiProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);

    private readonly AppHostProcess _process;

    private ApiProcess(AppHostProcess process) => _process = process;

    /// <summary>Calls it; nothing is decompressed and no redirect followed unasked.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>What it has logged so far.</summary>
    public string Output => _process.Output;

    /// <summary>Starts it and waits until it can do its work.</summary>
    /// <param name="connectionString">Its database.</param>
    /// <param name="environment">More settings, as environment variables.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<ApiProcess> StartAsync(
        string connectionString, IReadOnlyDictionary<string, string?>? environment = null, CancellationToken cancellation = default)
    {
        var settings = new Dictionary<string, string?>(environment ?? new Dictionary<string, string?>())
        {
            ["ConnectionStrings__marketdata"] = connectionString,
            ["Api__RequestsPerMinutePerAddress"] = "100000000",
            ["Logging__Console__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
        };
        settings.TryAdd("DOTNET_ENVIRONMENT", "Development");
        var process = AppHostProcess.Start("dotnet", [AppHostProcess.Program("MarketData.Api"), "--urls", "http://127.0.0.1:0"], settings);
        var api = new ApiProcess(process);
        try
        {
            await Eventually.BecomesAsync(() => Listening().IsMatch(process.Output), StartTimeout, cancellation);
            api.Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
            {
                BaseAddress = new Uri(Listening().Match(process.Output).Groups["url"].Value),
            };
            await Eventually.BecomesAsync(async () => (await api.Client.GetAsync("/health", cancellation)).IsSuccessStatusCode, StartTimeout, cancellation);
            return api;
        }
        catch (TimeoutException e)
        {
            await api.DisposeAsync();
            throw new InvalidOperationException($"The API did not become ready; it printed:\n{process.Output}", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        await _process.DisposeAsync();
    }

    [GeneratedRegex(@"Now listening on: (?<url>http://\S+?)(""|\s|$)")]
    private static partial Regex Listening();
}
