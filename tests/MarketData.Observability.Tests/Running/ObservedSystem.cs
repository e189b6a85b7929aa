using System.Net.Http.Json;
using System.Text.Json;
using MarketData.Testing;

namespace MarketData.Observability.Tests.Running;

/// <summary>The whole system under the app host, with a real Prometheus and its own Aspire dashboard.</summary>
public sealed class ObservedSystem : IAsyncLifetime
{
    /// <summary>The collection of tests that take turns with it: a symbol that one has queued is not queued again for another.</summary>
    public const string Turns = "Turns with the observed system";

    private static readonly TimeSpan RunTimeout = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private RunningSystem? _running;

    /// <summary>What runs.</summary>
    public RunningSystem Running => _running ?? throw new InvalidOperationException("The system was not started.");

    /// <summary>Asks the front door.</summary>
    public HttpClient Http { get; } = new();

    /// <summary>Asks the simulator for faults.</summary>
    public HttpClient Simulator { get; } = new();

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Starts it, once for all tests that need it: those that only read files do not wait for it.</summary>
    public async Task StartAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await _gate.WaitAsync(cancellation);
        try
        {
            if (_running is not null)
                return;
            _running = await RunningSystem.StartAsync(
                [
                    "--Enrichment:Symbols=AAPL:stock:1d+1h MSFT:stock:1d SPY:etf:1d BTC-USD:crypto:1d+1h",
                    "--Providers:Polygon:Resilience:RetryBaseDelay=00:00:00.050", "--Providers:Yahoo:Resilience:RetryBaseDelay=00:00:00.050",
                    // A job waits until its provider's circuit is probed again, which is a minute in earnest.
                    "--Providers:Polygon:Resilience:CircuitBreaker:BreakDuration=00:00:02",
                    "--Enrichment:History:OneDay=700", "--Enrichment:Retry:BaseDelay=00:00:01", "--Enrichment:History:OneHour=30",
                ],
                cancellation,
                withAspireDashboard: true);
            Http.BaseAddress = new Uri(Running.Dashboard, "/");
            Simulator.BaseAddress = Running.Simulator;
            await FirstRunAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Triggers symbols.</summary>
    /// <returns>The run's id.</returns>
    public async Task<string> TriggerAsync(params string[] symbols)
    {
        var query = string.Join('&', symbols.Select(symbol => "symbols=" + Uri.EscapeDataString(symbol)));
        using var response = await Http.PostAsync($"/api/v1/enrichment/trigger?{query}", null, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("job_id").GetString()!;
    }

    /// <summary>Waits until a run has ended, however it did.</summary>
    /// <returns>The run.</returns>
    public async Task<JsonElement> RunEndedAsync(string jobId)
    {
        JsonElement run = default;
        await Eventually.BecomesAsync(
            async () =>
            {
                run = await Http.GetFromJsonAsync<JsonElement>($"/api/v1/enrichment/runs/{jobId}", TestContext.Current.CancellationToken);
                return run.GetProperty("completed_at").ValueKind == JsonValueKind.String;
            },
            RunTimeout,
            TestContext.Current.CancellationToken);
        return run;
    }

    /// <summary>Puts a fault in force.</summary>
    public async Task FaultAsync(object fault)
    {
        using var response = await Simulator.PostAsJsonAsync("/simulator/faults", fault, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
            await _running.DisposeAsync();
        Http.Dispose();
        Simulator.Dispose();
        _gate.Dispose();
    }

    private Task FirstRunAsync() => Eventually.BecomesAsync(
        async () => (await Http.GetFromJsonAsync<JsonElement>("/api/v1/enrichment/dashboard/overview", TestContext.Current.CancellationToken))
            .GetProperty("last_run_result").ValueKind == JsonValueKind.Object,
        RunTimeout,
        TestContext.Current.CancellationToken);
}
