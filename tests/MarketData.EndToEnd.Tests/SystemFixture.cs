using System.Net.Http.Json;
using System.Text.Json;
using MarketData.Testing;

namespace MarketData.EndToEnd.Tests;

/// <summary>
/// The whole system as a person runs it: the app host with its default settings, but for free ports and a data directory of its own.
/// Tests share it: each works on symbols of its own, and takes back the faults that it asked for.
/// </summary>
public sealed class SystemFixture : IAsyncLifetime
{
    private static readonly TimeSpan RunTimeout = TimeSpan.FromMinutes(4);

    private RunningSystem? _system;

    /// <summary>What runs.</summary>
    public RunningSystem Running => _system ?? throw new InvalidOperationException("The system was not started.");

    /// <summary>Asks the front door, as users do.</summary>
    public HttpClient Http { get; } = new(new RetryAfterHandler());

    /// <summary>The dashboard's address.</summary>
    public Uri Dashboard => Running.Dashboard;

    /// <summary>Asks the simulator: for faults, or what a provider answers.</summary>
    public HttpClient Simulator { get; } = new();

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _system = await RunningSystem.StartAsync(["--Monitoring:Enabled=false"], TestContext.Current.CancellationToken);
        Http.BaseAddress = new Uri(Dashboard, "/");
        Simulator.BaseAddress = Running.Simulator;
    }

    /// <summary>Reads a JSON answer of the REST API, from below <c>/api/v1/</c>.</summary>
    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellation)
    {
        using var response = await Http.GetAsync(new Uri("/api/v1/" + path, UriKind.Relative), cancellation);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellation);
    }

    /// <summary>Waits until the run that an empty database begins with has ended, and returns the overview.</summary>
    public async Task<JsonElement> FirstRunAsync(CancellationToken cancellation)
    {
        JsonElement overview = default;
        await Eventually.BecomesAsync(
            async () =>
            {
                overview = await GetAsync("enrichment/dashboard/overview", cancellation);
                return overview.GetProperty("last_run_result").ValueKind == JsonValueKind.Object;
            },
            RunTimeout,
            cancellation);
        return overview;
    }

    /// <summary>Triggers some symbols and waits until their run has ended.</summary>
    /// <returns>The run with its symbols.</returns>
    public async Task<JsonElement> EnrichAsync(CancellationToken cancellation, params string[] symbols)
    {
        await FirstRunAsync(cancellation);
        var query = string.Join('&', symbols.Select(symbol => "symbols=" + Uri.EscapeDataString(symbol)));
        using var response = await Http.PostAsync(new Uri($"/api/v1/enrichment/trigger?{query}", UriKind.Relative), null, cancellation);
        response.EnsureSuccessStatusCode();
        var accepted = await response.Content.ReadFromJsonAsync<JsonElement>(cancellation);
        return await EndedAsync(accepted.GetProperty("job_id").GetGuid(), cancellation);
    }

    /// <summary>Waits until a run has ended.</summary>
    public async Task<JsonElement> EndedAsync(Guid run, CancellationToken cancellation)
    {
        JsonElement answer = default;
        await Eventually.BecomesAsync(
            async () =>
            {
                answer = await GetAsync($"enrichment/runs/{run}", cancellation);
                return answer.GetProperty("status").GetString() is "completed" or "partial" or "failed" or "cancelled";
            },
            RunTimeout,
            cancellation);
        return answer;
    }

    /// <summary>Asks the simulator for a fault; disposing what is returned takes it back.</summary>
    public async Task<IAsyncDisposable> FaultAsync(object fault, CancellationToken cancellation)
    {
        using var response = await Simulator.PostAsJsonAsync("/simulator/faults", fault, cancellation);
        response.EnsureSuccessStatusCode();
        return new Fault(Simulator, response.Headers.Location!);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_system is not null)
            await _system.DisposeAsync();
        Http.Dispose();
        Simulator.Dispose();
    }

    private sealed class Fault(HttpClient simulator, Uri location) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            using var response = await simulator.DeleteAsync(location);
            response.EnsureSuccessStatusCode();
        }
    }
}
