using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MarketData.Storage.Enrichment;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Service;

/// <summary>Two nodes as processes work off a run with a provider that answers for many symbols at once; one of them is killed.</summary>
public sealed class BatchedRunTests(PostgresServer server)
{
    private const int Symbols = 150;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_in_batches_survives_the_death_of_a_node()
    {
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        await using var connection = await database.DataSource.OpenConnectionAsync(Cancellation);
        await connection.ExecuteAsync(
            "INSERT INTO symbols (symbol, asset_class, timeframes) SELECT 'SIM' || 1000 + i, 'stock', '{1d}' FROM generate_series(1, @Symbols) i", new { Symbols });
        var simulation = new Dictionary<string, string?> { ["Simulator:RequestsPerMinute:Alpaca"] = "1000000", ["Simulator:Oddities"] = "false" };
        await using var provider = await ServiceProcess.StartAsync("MarketData.Simulator", "/alive", simulation, Cancellation);
        var settings = Settings(provider.Client.BaseAddress!, database.ConnectionString);
        await using var survivor = await ServiceProcess.StartAsync("MarketData.Enrichment", "/health", settings, Cancellation);
        await RunAsync();
        await using var victim = await ServiceProcess.StartAsync("MarketData.Enrichment", "/health", settings, Cancellation);
        await connection.ExecuteAsync("UPDATE symbols SET actions_checked_at = NULL");
        var before = await RequestsAsync(provider.Client);
        var run = await RunAsync(async run =>
        {
            await Eventually.BecomesAsync(async () => await DoneAsync(run) > Symbols / 3, TimeSpan.FromMinutes(1), Cancellation);
            Process.GetProcessById(victim.Id).Kill(entireProcessTree: true);
        });

        (await connection.ExecuteScalarAsync<string>("SELECT status FROM enrichment_history WHERE job_id = @run", new { run })).ShouldBe("completed");
        (await connection.ExecuteScalarAsync<int>("SELECT count(DISTINCT symbol) FROM enrichment_fetch_log WHERE job_id = @run AND success", new { run })).ShouldBe(Symbols);
        (await connection.ExecuteScalarAsync<int>(
            "SELECT count(DISTINCT a.node_id) FROM enrichment_job_attempts a JOIN enrichment_jobs j ON j.id = a.enrichment_job_id WHERE j.job_id = @run",
            new { run })).ShouldBe(2);
        (await RequestsAsync(provider.Client) - before).ShouldBeLessThan(Symbols / 5);

        async Task<Guid> RunAsync(Func<Guid, Task>? meanwhile = null)
        {
            var ticket = await new RunStore(database.DataSource).CreateAsync(new RunRequest { Trigger = RunTrigger.Manual }, Cancellation);
            if (meanwhile is not null)
                await meanwhile(ticket.JobId!.Value);
            await Eventually.BecomesAsync(async () => await DoneAsync(ticket.JobId!.Value) == Symbols, TimeSpan.FromMinutes(3), Cancellation);
            return ticket.JobId!.Value;
        }

        Task<int> DoneAsync(Guid run) =>
            connection.ExecuteScalarAsync<int>("SELECT symbols_successful + symbols_failed FROM enrichment_history WHERE job_id = @run", new { run });
    }

    private static async Task<int> RequestsAsync(HttpClient provider) =>
        (await provider.GetFromJsonAsync<JsonElement>(new Uri("/simulator/requests?provider=alpaca", UriKind.Relative), Cancellation))[0].GetProperty("total").GetInt32();

    private static Dictionary<string, string?> Settings(Uri provider, string connectionString) => new()
    {
        ["ConnectionStrings:marketdata"] = connectionString,
        ["Enrichment:RunOnFirstStart"] = "false",
        ["Enrichment:History:OneDay"] = "60",
        ["Enrichment:Lease:Duration"] = "00:00:05",
        ["Enrichment:Lease:RenewInterval"] = "00:00:01",
        ["Quality:CrossCheckSample"] = "0",
        ["Providers:Polygon:Enabled"] = "false",
        ["Providers:Yahoo:Enabled"] = "false",
        ["Providers:Binance:Enabled"] = "false",
        ["Providers:Coinbase:Enabled"] = "false",
        ["Providers:Alpaca:BaseUrl"] = new Uri(provider, "/alpaca").AbsoluteUri,
        ["Providers:Alpaca:ApiKey"] = "key",
        ["Providers:Alpaca:ApiSecret"] = "secret",
        ["Providers:Alpaca:Resilience:RequestsPerMinute"] = "1000000",
        ["Providers:Alpaca:Resilience:Burst"] = "1000000",
    };
}
