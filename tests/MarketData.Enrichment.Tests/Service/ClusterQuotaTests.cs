using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MarketData.Storage.Enrichment;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Service;

/// <summary>Three nodes as processes ask a provider in a fourth, which counts. A minute's quota is scaled down to what a test can wait for.</summary>
public sealed class ClusterQuotaTests(PostgresServer server)
{
    private const int PerSecond = 5;
    private const int Burst = 15;
    private const int Symbols = 60;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Three_processes_keep_within_the_quota_that_the_provider_counts_and_use_it_up()
    {
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        await using (var connection = await database.DataSource.OpenConnectionAsync(Cancellation))
            await connection.ExecuteAsync("INSERT INTO symbols (symbol, asset_class, timeframes) SELECT 'Q' || i, 'stock', '{1d}' FROM generate_series(1, @Symbols) i", new { Symbols });
        await using var provider = await ServiceProcess.StartAsync("MarketData.Simulator", "/alive", new Dictionary<string, string?>(), Cancellation);
        // What nobody knows is soon answered and leaves nothing to store: the quota alone sets the pace.
        using (await provider.Client.PostAsJsonAsync(new Uri("/simulator/faults", UriKind.Relative), new { kind = "unknown_symbol" }, Cancellation))
        {
            // Set.
        }

        var settings = Settings(provider.Client.BaseAddress!, database.ConnectionString);
        var nodes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ServiceProcess.StartAsync("MarketData.Enrichment", "/health", settings, Cancellation)));
        var startedAt = Stopwatch.GetTimestamp();
        await new RunStore(database.DataSource).CreateAsync(new RunRequest { Trigger = RunTrigger.Manual }, Cancellation);

        var (total, mostUsed) = (0, 0.0);
        await Eventually.BecomesAsync(
            async () =>
            {
                var seen = await SeenAsync(provider.Client);
                total = seen.GetProperty("total").GetInt32();
                // No permit is older than the trigger, and no request older than its permit.
                total.ShouldBeLessThanOrEqualTo((int)(Burst + PerSecond * Stopwatch.GetElapsedTime(startedAt).TotalSeconds));
                if (total > Symbols)
                    mostUsed = Math.Max(mostUsed, total / (Burst + PerSecond * (seen.GetProperty("last").GetDateTime() - seen.GetProperty("first").GetDateTime()).TotalSeconds));
                return total >= 2 * Symbols;
            },
            TimeSpan.FromMinutes(3),
            Cancellation);

        mostUsed.ShouldBeGreaterThanOrEqualTo(0.95);
        // A permit's request may come late on a busy machine: five seconds are allowed for that.
        (await SeenAsync(provider.Client)).GetProperty("max_in_window").GetInt32().ShouldBeLessThanOrEqualTo(Burst + PerSecond * (10 + 5));
        await using (var connection = await database.DataSource.OpenConnectionAsync(Cancellation))
            (await connection.ExecuteScalarAsync<int>("SELECT count(DISTINCT node_id) FROM enrichment_job_attempts")).ShouldBeGreaterThan(1);
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    private static async Task<JsonElement> SeenAsync(HttpClient provider) =>
        (await provider.GetFromJsonAsync<JsonElement>(new Uri("/simulator/requests?provider=polygon&window_seconds=10", UriKind.Relative), Cancellation))[0];

    private static Dictionary<string, string?> Settings(Uri provider, string connectionString) => new()
    {
        ["ConnectionStrings:marketdata"] = connectionString,
        ["Enrichment:RunOnFirstStart"] = "false",
        ["Enrichment:MaxAttempts"] = "1",
        ["Providers:Yahoo:Enabled"] = "false",
        ["Providers:Binance:Enabled"] = "false",
        ["Providers:Coinbase:Enabled"] = "false",
        ["Providers:Polygon:BaseUrl"] = new Uri(provider, "/polygon").AbsoluteUri,
        ["Providers:Polygon:ApiKey"] = "test",
        ["Providers:Polygon:Resilience:RequestsPerMinute"] = (60 * PerSecond).ToString(CultureInfo.InvariantCulture),
        ["Providers:Polygon:Resilience:Burst"] = Burst.ToString(CultureInfo.InvariantCulture),
    };
}
