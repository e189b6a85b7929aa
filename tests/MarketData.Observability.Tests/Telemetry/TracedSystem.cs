using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using MarketData.Simulator;
using MarketData.Testing;
using Microsoft.Extensions.Logging;

namespace MarketData.Observability.Tests.Telemetry;

/// <summary>The three services, configured as the app host configures them, that send what they record to a receiver of the tests' own.</summary>
public sealed partial class TracedSystem(PostgresServer server) : IAsyncLifetime
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private readonly List<IAsyncDisposable> _started = [];

    // Begins no trace: what a test looks at is not what it measures.
    private readonly HttpClient _untraced = new(new SocketsHttpHandler { ActivityHeadersPropagator = null });
    private readonly HttpClient _traced = new(new SocketsHttpHandler { ActivityHeadersPropagator = null });

    /// <summary>What they sent.</summary>
    public OtlpReceiver Received { get; private set; } = null!;

    /// <summary>The api.</summary>
    public ServiceProcess Api { get; private set; } = null!;

    /// <summary>The enrichment service.</summary>
    public ServiceProcess Enrichment { get; private set; } = null!;

    /// <summary>The web service.</summary>
    public ServiceProcess Web { get; private set; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Received = Keep(await OtlpReceiver.StartAsync(Cancellation));
        var database = Keep(await server.CreateEmptyDatabaseAsync(Cancellation));
        var simulator = Keep(SimulatorApp.Create(
            ["--urls", "http://127.0.0.1:0", "--Simulator:Oddities=false"], builder => builder.Logging.ClearProviders()));
        await simulator.StartAsync(Cancellation);
        Api = await StartAsync("Api", new() { ["ConnectionStrings:marketdata"] = database.ConnectionString });
        Enrichment = await StartAsync("Enrichment", EnrichmentSettings(database.ConnectionString, simulator.Urls.Single()));
        Web = await StartAsync("Web", new() { ["services:api:http:0"] = Api.Client.BaseAddress!.ToString() });
        _traced.BaseAddress = Web.Client.BaseAddress;
        _untraced.BaseAddress = Web.Client.BaseAddress;
        _untraced.DefaultRequestHeaders.Add("traceparent", $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00");
    }

    /// <summary>Asks for a symbol's enrichment at the front door, as a client would, and waits until it is done.</summary>
    /// <returns>The run's id and trace, from the request at the front door to the last statement.</returns>
    public async Task<(string RunId, IReadOnlyList<OtlpSpan> Trace)> EnrichAsync(string symbol)
    {
        using var response = await _traced.PostAsync(new Uri($"/api/v1/enrichment/trigger?symbols={symbol}", UriKind.Relative), null, Cancellation);
        response.EnsureSuccessStatusCode();
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        return await EndedAsync(answer.GetProperty("job_id").GetString()!);
    }

    /// <summary>Waits for the first run of a symbol, and until it is done.</summary>
    public async Task<(string RunId, IReadOnlyList<OtlpSpan> Trace)> RunAsync(string symbol)
    {
        JsonElement runs = default;
        await Eventually.BecomesAsync(
            async () => (runs = await GetAsync($"/api/v1/enrichment/history?symbol={symbol}&limit=1")).GetProperty("items").GetArrayLength() > 0,
            Timeout,
            Cancellation);
        return await EndedAsync(runs.GetProperty("items")[0].GetProperty("job_id").GetString()!);
    }

    /// <summary>Waits until a service has executed so many more statements by itself.</summary>
    public static async Task StatementsAsync(int count, ServiceProcess service)
    {
        const string executed = "db_client_operation_duration_seconds_count";
        var before = await SumAsync(service, executed);
        await Eventually.BecomesAsync(async () => await SumAsync(service, executed) >= before + count, Timeout, Cancellation);
    }

    /// <summary>The sum of a counter, or of a histogram's count, over all its series.</summary>
    public static async Task<double> SumAsync(ServiceProcess service, string metric)
    {
        var exposition = await service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancellation);
        return Sample().Matches(exposition).Where(sample => sample.Groups["name"].Value == metric)
            .Sum(sample => double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _traced.Dispose();
        _untraced.Dispose();
        foreach (var started in Enumerable.Reverse(_started))
            await started.DisposeAsync();
    }

    // A service sends a span some time after it has ended: the last of each of the three has to have come.
    private async Task<(string RunId, IReadOnlyList<OtlpSpan> Trace)> EndedAsync(string runId)
    {
        JsonElement run = default;
        await Eventually.BecomesAsync(
            async () => (run = await GetAsync($"/api/v1/enrichment/runs/{runId}")).GetProperty("completed_at").ValueKind == JsonValueKind.String,
            Timeout,
            Cancellation);
        var traceId = run.GetProperty("symbols")[0].GetProperty("trace_id").GetString();
        IReadOnlyList<OtlpSpan> trace = [];
        await Eventually.BecomesAsync(
            () =>
            {
                trace = [.. Received.Spans.Where(span => span.TraceId == traceId)];
                return trace.Any(span => span.Name == "run manual") && trace.Any(span => span.Parent == "")
                    && trace.Any(span => span is { Service: "api", Source: "Microsoft.AspNetCore" });
            },
            Timeout,
            Cancellation);
        return (runId, trace);
    }

    private Task<JsonElement> GetAsync(string path) => _untraced.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative), Cancellation);

    private async Task<ServiceProcess> StartAsync(string name, Dictionary<string, string?> settings) => Keep(await ServiceProcess.StartAsync(
        $"MarketData.{name}",
        "/health",
        new Dictionary<string, string?>(settings)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Received.Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_SERVICE_NAME"] = name.ToLowerInvariant(),
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
            // As Aspire sets it for what it starts.
            ["OTEL_TRACES_SAMPLER"] = "always_on",
        },
        Cancellation));

    // Polls come as often as they may, so that a short wait has as many as an idle minute.
    private static Dictionary<string, string?> EnrichmentSettings(string connectionString, string simulator) => new()
    {
        ["ConnectionStrings:marketdata"] = connectionString,
        ["Enrichment:Symbols"] = "MSFT:stock:1d AAPL:stock:1d SPY:etf:1d",
        ["Enrichment:RunOnFirstStart"] = "false",
        ["Enrichment:History:OneDay"] = "200",
        ["Enrichment:PollInterval"] = "00:00:00.100",
        ["Enrichment:Lease:SweepInterval"] = "00:00:00.100",
        ["Enrichment:Lease:RenewInterval"] = "00:00:00.100",
        ["Providers:Polygon:ApiKey"] = "test",
        ["Providers:Polygon:Resilience:RetryBaseDelay"] = "00:00:00.010",
        ["Providers:BaseUrl"] = simulator,
        ["Logging:OpenTelemetry:LogLevel:Npgsql"] = "Information",
        ["Logging:OpenTelemetry:LogLevel:System.Net.Http.HttpClient"] = "Information",
    };

    private T Keep<T>(T started) where T : IAsyncDisposable
    {
        _started.Add(started);
        return started;
    }

    [GeneratedRegex(@"^(?<name>\w+)(\{.*?\})? (?<value>[0-9.eE+]+)", RegexOptions.Multiline)]
    private static partial Regex Sample();
}
