using MarketData.Testing;

namespace MarketData.Api.Tests;

/// <summary>The API as it runs: a process of its own, on a free port, with a database of the test's.</summary>
public static class ApiProcess
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);

    /// <summary>Starts it and waits until it can do its work.</summary>
    /// <param name="connectionString">Its database.</param>
    /// <param name="environment">More settings, as environment variables.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static Task<ServiceProcess> StartAsync(
        string connectionString, IReadOnlyDictionary<string, string?>? environment = null, CancellationToken cancellation = default)
    {
        var settings = new Dictionary<string, string?>(environment ?? new Dictionary<string, string?>())
        {
            ["ConnectionStrings__marketdata"] = connectionString,
            ["Api__RequestsPerMinutePerAddress"] = "100000000",
        };
        settings.TryAdd("DOTNET_ENVIRONMENT", "Development");
        return ServiceProcess.StartAsync("MarketData.Api", "/health", settings, cancellation, StartTimeout);
    }
}
