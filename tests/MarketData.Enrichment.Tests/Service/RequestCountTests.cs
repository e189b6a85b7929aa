using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MarketData.Simulator;
using MarketData.Storage.Enrichment;
using MarketData.Testing;
using Microsoft.Extensions.Logging;

namespace MarketData.Enrichment.Tests.Service;

/// <summary>What is said to have been asked of a provider is what the provider counted, to the last request, whatever went wrong.</summary>
public sealed class RequestCountTests(PostgresServer server)
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(3);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_count_of_requests_is_the_provider_s_own()
    {
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        await using var simulator = SimulatorApp.Create(["--urls", "http://127.0.0.1:0", "--Simulator:Oddities=false"], builder => builder.Logging.ClearProviders());
        await simulator.StartAsync(Cancellation);
        using var provider = new HttpClient { BaseAddress = new Uri(simulator.Urls.Single()) };
        foreach (var fault in (object[])
            [
                new { kind = "server_error", provider = "alpaca", count = 3 },
                new { kind = "connection_reset", provider = "alpaca", symbol = "MSFT", count = 2 },
                new { kind = "hang", provider = "polygon", symbol = "JPM", count = 2 },
                new { kind = "html_page", provider = "polygon", count = 2 },
                new { kind = "cut_body", provider = "binance", count = 2 },
                new { kind = "rate_limited", provider = "binance-futures", count = 1, retry_after_seconds = 1 },
                new { kind = "truncated_json", provider = "binance", symbol = "ETH-USD", count = 1 },
                new { kind = "crumb_wanted", provider = "yahoo", count = 3 },
                new { kind = "server_error", provider = "yahoo", count = 4, after = 3 },
            ])
            await BreakAsync(fault);

        await using var connection = await database.DataSource.OpenConnectionAsync(Cancellation);
        await using (var service = await ServiceProcess.StartAsync("MarketData.Enrichment", "/health", Settings(simulator.Urls.Single(), database.ConnectionString), Cancellation))
        {
            var runs = new RunStore(database.DataSource);
            await Eventually.BecomesAsync(async () => await StateAsync("coinbase", "not_asked_total") > 3, WaitLimit, Cancellation);
            // What only waits for the circuit would go on for ever.
            await Eventually.BecomesAsync(
                async () =>
                {
                    await runs.CancelSymbolAsync("NOCOIN-USD", Cancellation);
                    await runs.CancelSymbolAsync("NOPE-USD", Cancellation);
                    return await connection.ExecuteScalarAsync<bool>("SELECT completed_at IS NOT NULL FROM enrichment_history");
                },
                WaitLimit,
                Cancellation);
            foreach (var name in (string[])["alpaca", "polygon", "binance", "yahoo"])
            {
                await Eventually.BecomesAsync(async () => await SentAsync(name) == await CountAsync(name) && await CountAsync(name) > 0, WaitLimit, Cancellation);
                await Eventually.BecomesAsync(async () => await StateAsync(name, "calls_total") == await CountAsync(name), WaitLimit, Cancellation);
            }

            // Where nobody takes a connection nothing was sent, and an open circuit is no request and no series.
            (await SentAsync("coinbase")).ShouldBe(0);
            await Eventually.BecomesAsync(async () => await SumAsync("coinbase", "not_asked") == await StateAsync("coinbase", "not_asked_total"), WaitLimit, Cancellation);
            (await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM enrichment_fetch_log WHERE not_asked AND error_message NOT LIKE '%circuit is open%'")).ShouldBe(0);
            (await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM enrichment_fetch_log WHERE NOT not_asked AND error_message LIKE '%circuit is open%'")).ShouldBe(0);

            // A latency is a request's: what was counted by bucket is what was answered.
            (await connection.ExecuteScalarAsync<bool>("SELECT bool_and(answered = (SELECT sum(n) FROM unnest(latencies) n)) FROM provider_requests")).ShouldBeTrue();
            (await SumAsync("polygon", "sent - answered")).ShouldBeGreaterThanOrEqualTo(2);
            var exposition = await service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancellation);
            exposition.Split('\n').Where(line => line.StartsWith("marketdata_provider_request_duration_seconds_count{", StringComparison.Ordinal) && line.Contains("\"polygon\"", StringComparison.Ordinal))
                .Sum(line => long.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(await CountAsync("polygon"));

            // Given up by the service itself, which ends while an answer is due.
            await BreakAsync(new { kind = "hang", provider = "alpaca", symbol = "GE" });
            await connection.ExecuteAsync("INSERT INTO symbols (symbol, asset_class, timeframes) VALUES ('GE', 'stock', '{1d}')");
            var before = await CountAsync("alpaca");
            await runs.CreateAsync(new() { Trigger = RunTrigger.Manual, Symbols = ["GE"] }, Cancellation);
            await Eventually.BecomesAsync(async () => await CountAsync("alpaca") > before, WaitLimit, Cancellation);
            service.Terminate();
            await service.EndedAsync(Cancellation);
        }

        (await SentAsync("alpaca")).ShouldBe(await CountAsync("alpaca"));
        (await StateAsync("alpaca", "calls_total")).ShouldBe(await CountAsync("alpaca"));

        async Task BreakAsync(object fault)
        {
            using var response = await provider.PostAsJsonAsync(new Uri("/simulator/faults", UriKind.Relative), fault, Cancellation);
            response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Cancellation));
        }

        async Task<long> CountAsync(string name) =>
            (await provider.GetFromJsonAsync<JsonElement>(new Uri("/simulator/requests", UriKind.Relative), Cancellation)).EnumerateArray()
                .Where(one => one.GetProperty("provider").GetString() is var counted && (counted == name || counted == $"{name}-futures"))
                .Sum(one => one.GetProperty("total").GetInt64());

        Task<long> SentAsync(string name) => SumAsync(name, "sent");

        Task<long> SumAsync(string name, string what) =>
            connection.ExecuteScalarAsync<long>($"SELECT coalesce(sum({what}), 0) FROM provider_requests WHERE provider = @name", new { name });

        Task<long> StateAsync(string name, string what) =>
            connection.ExecuteScalarAsync<long>("SELECT coalesce((SELECT state->'resilience'->>@what FROM provider_state WHERE provider = @name), '0')::bigint", new { name, what });
    }

    private static Dictionary<string, string?> Settings(string simulator, string connectionString)
    {
        var settings = new Dictionary<string, string?>
        {
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["ConnectionStrings:marketdata"] = connectionString,
            ["Enrichment:Symbols"] = "AAPL:stock:1d+1h MSFT JPM ^GSPC:index:1d NOSUCH:stock:1d BTC-USD:crypto:1d ETH-USD:crypto:1d NOCOIN-USD:crypto:1d NOPE-USD:crypto:1d",
            ["Enrichment:History:OneDay"] = "400",
            ["Enrichment:History:OneHour"] = "200",
            ["Enrichment:MaxAttempts"] = "4",
            ["Enrichment:Retry:BaseDelay"] = "00:00:00.100",
            ["Enrichment:Retry:MaxDelay"] = "00:00:01",
            ["Providers:BaseUrl"] = simulator,
            ["Providers:Polygon:ApiKey"] = "test",
            ["Providers:Alpaca:ApiKey"] = "key",
            ["Providers:Alpaca:ApiSecret"] = "secret",
            ["Providers:Coinbase:BaseUrl"] = "http://127.0.0.1:9/",
        };
        foreach (var name in (string[])["Polygon", "Alpaca", "Binance", "Coinbase", "Yahoo"])
        {
            var resilience = $"Providers:{name}:Resilience";
            settings[$"{resilience}:RequestsPerMinute"] = "100000";
            settings[$"{resilience}:AttemptTimeout"] = "00:00:02";
            settings[$"{resilience}:RetryBaseDelay"] = "00:00:00.010";
            settings[$"{resilience}:CircuitBreaker:ConsecutiveFailures"] = name == "Coinbase" ? "1" : "5";
            settings[$"{resilience}:CircuitBreaker:BreakDuration"] = "00:00:01";
            settings[$"{resilience}:RefusalBackoff:From"] = "00:00:00";
        }

        return settings;
    }
}
