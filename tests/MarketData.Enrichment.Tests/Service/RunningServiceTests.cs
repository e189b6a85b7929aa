using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Dapper;
using MarketData.Simulator;
using MarketData.Testing;
using Microsoft.Extensions.Logging;

namespace MarketData.Enrichment.Tests.Service;

/// <summary>The running service on an empty database, with providers that misbehave: what it measures and what it logs.</summary>
public sealed class RunningServiceTests(PostgresServer server)
{
    private const string Providers = "polygon binance coinbase yahoo";
    private const string Timeframes = "5m 1h 1d";

    // The exporter says the unit in the name: seconds where it is s, nothing where it is a count or a share. An attribute's values, where they are fixed.
    private static readonly (string Name, string Type, Dictionary<string, string?> Attributes)[] Contract =
    [
        ("marketdata_enrichment_job_duration_seconds", "histogram", new() { ["asset_class"] = "stock etf crypto", ["outcome"] = "success failed retried cancelled" }),
        ("marketdata_enrichment_run_duration_seconds", "histogram", new() { ["trigger"] = "startup" }),
        ("marketdata_enrichment_jobs_running", "gauge", []),
        ("marketdata_enrichment_jobs_queued", "gauge", []),
        ("marketdata_enrichment_job_retries_total", "counter", new() { ["reason"] = "unavailable bad_answer rate_limit circuit_open" }),
        ("marketdata_fetch_duration_seconds", "histogram", new() { ["provider"] = Providers, ["timeframe"] = Timeframes, ["outcome"] = "success failed" }),
        ("marketdata_fetch_records_total", "counter", new() { ["provider"] = Providers, ["timeframe"] = Timeframes, ["result"] = "inserted updated unchanged rejected" }),
        ("marketdata_compute_duration_seconds", "histogram", new() { ["compute_type"] = "universal crypto" }),
        ("marketdata_compute_features_total", "counter", new() { ["compute_type"] = "universal crypto" }),
        ("marketdata_store_duration_seconds", "histogram", new() { ["outcome"] = "success failed" }),
        ("marketdata_resilience_circuit_state", "gauge", new() { ["provider"] = Providers }),
        ("marketdata_resilience_circuit_transitions_total", "counter", new() { ["provider"] = Providers, ["to"] = "closed half_open open isolated" }),
        ("marketdata_resilience_rate_limit_rejections_total", "counter", new() { ["provider"] = Providers }),
        ("marketdata_resilience_rate_limit_permits", "gauge", new() { ["provider"] = Providers }),
        ("marketdata_resilience_rate_limit_wait_seconds", "histogram", new() { ["provider"] = Providers }),
        ("marketdata_resilience_bulkhead_active", "gauge", new() { ["provider"] = Providers }),
        ("marketdata_resilience_bulkhead_queued", "gauge", new() { ["provider"] = Providers }),
        ("marketdata_resilience_bulkhead_rejections_total", "counter", new() { ["provider"] = Providers }),
        ("marketdata_resilience_retries_total", "counter", new() { ["provider"] = Providers, ["reason"] = "unavailable bad_answer rate_limit" }),
        ("marketdata_quality_score", "gauge", new() { ["symbol"] = null, ["timeframe"] = Timeframes }),
        ("marketdata_quality_completeness", "gauge", new() { ["symbol"] = null, ["timeframe"] = Timeframes }),
        ("marketdata_quality_validation_rate", "gauge", new() { ["symbol"] = null, ["timeframe"] = Timeframes }),
        ("marketdata_quality_gaps_total", "counter", new() { ["asset_class"] = "stock", ["timeframe"] = Timeframes, ["rule"] = "gap_before" }),
        ("marketdata_quality_anomalies_total", "counter", new() { ["asset_class"] = "stock crypto", ["timeframe"] = Timeframes, ["rule"] = null }),
        ("marketdata_quality_rejections_total", "counter", new() { ["asset_class"] = "stock", ["timeframe"] = Timeframes, ["rule"] = "ohlc_order" }),
        ("marketdata_data_age_seconds", "gauge", new() { ["symbol"] = null, ["timeframe"] = Timeframes }),
        ("marketdata_scheduler_paused", "gauge", []),
        ("marketdata_scheduler_next_run_seconds", "gauge", []),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_serves_every_instrument_of_the_contract_and_tells_of_its_runs_in_few_lines()
    {
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        await using var simulator = SimulatorApp.Create(["--urls", "http://127.0.0.1:0", "--Simulator:Oddities=false"], builder => builder.Logging.ClearProviders());
        await simulator.StartAsync(Cancellation);
        var address = simulator.Urls.Single();
        await MisbehaveAsync(address);

        await using var service = await ServiceProcess.StartAsync("MarketData.Enrichment", "/health", Settings(address, database.ConnectionString), Cancellation);
        await Eventually.BecomesAsync(() => HasEndedAsync(database), TimeSpan.FromMinutes(3), Cancellation);
        var exposition = "";
        await Eventually.BecomesAsync(
            async () =>
            {
                exposition = await service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancellation);
                // Gauges of the cluster follow within seconds.
                return exposition.Contains("marketdata_data_age_seconds{", StringComparison.Ordinal);
            },
            TimeSpan.FromMinutes(1),
            Cancellation);

        var types = Regex.Matches(exposition, "^# TYPE (marketdata_[a-z_]+) ([a-z]+)$", RegexOptions.Multiline).ToDictionary(line => line.Groups[1].Value, line => line.Groups[2].Value);
        foreach (var (name, type, attributes) in Contract)
        {
            types.ShouldContainKeyAndValue(name, type);
            var series = Series(exposition, type == "histogram" ? name + "_count" : name);
            series.ShouldNotBeEmpty(name);
            series.ShouldAllBe(labels => labels.Keys.Order().SequenceEqual(attributes.Keys.Order()), name);
            foreach (var (attribute, values) in attributes.Where(attribute => attribute.Value is not null))
                series.Select(labels => labels[attribute]).Distinct().Except(values!.Split(' ')).ShouldBeEmpty($"{name} {attribute}");
        }

        await using var connection = await database.DataSource.OpenConnectionAsync(Cancellation);
        var run = await connection.ExecuteScalarAsync<Guid>("SELECT job_id FROM enrichment_history");
        var lines = service.Output.Split('\n');
        lines.Count(line => line.Contains($"Run {run} (startup) begins", StringComparison.Ordinal)).ShouldBe(1);
        lines.Count(line => Regex.IsMatch(line, $@"Run {run} \(startup\) partial after [\d.]+ s: 8 symbols, \d failed, \d+ candles new")).ShouldBe(1, service.Output);
        var failed = lines.Where(line => line.Contains("NOSUCH^X failed", StringComparison.Ordinal)).ShouldHaveSingleItem();
        failed.ShouldContain("fail: ");
        failed.ShouldContain("yahoo: does not know this");
        failed.ShouldContain("Check the symbol's spelling");
        // An empty database is no cause for alarm.
        lines.TakeWhile(line => !line.Contains("begins with everything", StringComparison.Ordinal)).Where(line => line.Contains("warn: ", StringComparison.Ordinal) || line.Contains("fail: ", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    // Each label set of a metric but for what says where it comes from.
    private static List<Dictionary<string, string>> Series(string exposition, string name) =>
    [
        .. Regex.Matches(exposition, $$"""^{{name}}(?:\{(?<labels>[^}]*)\})? """, RegexOptions.Multiline).Select(line =>
            Regex.Matches(line.Groups["labels"].Value, "([a-z_]+)=\"([^\"]*)\"")
                .Where(label => !label.Groups[1].Value.StartsWith("otel_scope_", StringComparison.Ordinal))
                .ToDictionary(label => label.Groups[1].Value, label => label.Groups[2].Value)),
    ];

    private static async Task<bool> HasEndedAsync(TestDatabase database)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(Cancellation);
        return await connection.ExecuteScalarAsync<bool>("SELECT completed_at IS NOT NULL FROM enrichment_history");
    }

    // Enough of everything that is counted: failures, retries, refusals by our own queues, odd bars, and a circuit that opens. Odd bars come
    // from whichever provider answers first.
    private static async Task MisbehaveAsync(string address)
    {
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        var day = new DateTimeOffset(DateTime.UtcNow.Date.AddDays(-30), TimeSpan.Zero);
        foreach (var fault in (object[])
            [
                new { kind = "latency", provider = "polygon", rate = 1.0, delay_seconds = 0.2 },
                new { kind = "server_error", provider = "polygon", symbol = "MSFT", endpoint = "candles", count = 1 },
                new { kind = "impossible_candle", symbol = "JPM", endpoint = "candles", from = day, to = day.AddDays(7) },
                new { kind = "price_spike", symbol = "XOM", endpoint = "candles", from = day, to = day.AddDays(7), bar_rate = 0.3 },
            ])
        {
            using var response = await http.PostAsJsonAsync(new Uri("/simulator/faults", UriKind.Relative), fault, Cancellation);
            response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Cancellation));
        }
    }

    private static Dictionary<string, string?> Settings(string simulator, string connectionString) => new()
    {
        // Without a management port metrics are shown there alone.
        ["DOTNET_ENVIRONMENT"] = "Development",
        ["ConnectionStrings:marketdata"] = connectionString,
        ["Enrichment:Symbols"] = "AAPL MSFT JPM XOM:stock:1d+1h NOSUCH^X:stock BTC-USD ETH-USD SOL-USD",
        ["Enrichment:History:OneDay"] = "200",
        ["Enrichment:History:OneHour"] = "20",
        ["Enrichment:History:FiveMinutes"] = "2",
        ["Enrichment:MaxAttempts"] = "20",
        ["Enrichment:Retry:BaseDelay"] = "00:00:00.100",
        ["Enrichment:Retry:MaxDelay"] = "00:00:01",
        ["Providers:BaseUrl"] = simulator,
        ["Providers:Polygon:ApiKey"] = "test",
        ["Providers:Polygon:Resilience:MaxConcurrency"] = "1",
        ["Providers:Polygon:Resilience:ConcurrencyQueue"] = "0",
        ["Providers:Polygon:Resilience:RetryBaseDelay"] = "00:00:00.010",
        ["Providers:Polygon:Resilience:RequestsPerMinute"] = "100000",
        ["Providers:Polygon:Resilience:CircuitBreaker:ConsecutiveFailures"] = "1",
        ["Providers:Polygon:Resilience:CircuitBreaker:BreakDuration"] = "00:00:00.500",
        ["Providers:Binance:Resilience:RequestsPerMinute"] = "600",
        ["Providers:Binance:Resilience:Burst"] = "1",
        ["Providers:Binance:Resilience:RateLimitQueue"] = "1",
    };
}
