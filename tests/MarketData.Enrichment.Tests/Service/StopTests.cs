using System.Net.Http.Json;
using System.Net.Sockets;
using Dapper;
using MarketData.Simulator;
using MarketData.Testing;
using Microsoft.Extensions.Logging;

namespace MarketData.Enrichment.Tests.Service;

/// <summary>A node is told to stop while it works.</summary>
public sealed class StopTests(PostgresServer server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_jobs_are_back_in_the_queue_though_a_request_holds_the_server_up()
    {
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        await using var simulator = SimulatorApp.Create(["--urls", "http://127.0.0.1:0"], builder => builder.Logging.ClearProviders());
        await simulator.StartAsync(Cancellation);
        await SlowDownAsync(simulator.Urls.Single());
        await using var node = await ServiceProcess.StartAsync(
            "MarketData.Enrichment", "/health", Settings(simulator.Urls.Single(), database.ConnectionString), Cancellation);
        await using var connection = await database.DataSource.OpenConnectionAsync(Cancellation);
        await Eventually.BecomesAsync(
            async () => await CountAsync("enrichment_jobs WHERE status = 'running'") == 2, TimeSpan.FromMinutes(1), Cancellation);
        using var request = await HalfARequestAsync(node.Client.BaseAddress!);

        node.Terminate();
        await node.EndedAsync(Cancellation);

        node.ExitCode.ShouldBe(0, node.Output);
        (await CountAsync("enrichment_jobs WHERE status = 'queued' AND lease_owner IS NULL")).ShouldBe(3);
        (await CountAsync("enrichment_nodes WHERE stopped_at IS NULL")).ShouldBe(0);

        Task<int> CountAsync(string rows) => connection.ExecuteScalarAsync<int>($"SELECT count(*) FROM {rows}");
    }

    private static async Task SlowDownAsync(string simulator)
    {
        using var http = new HttpClient { BaseAddress = new Uri(simulator) };
        using var answer = await http.PostAsJsonAsync(
            new Uri("/simulator/faults", UriKind.Relative), new { kind = "latency", rate = 1.0, delay_seconds = 300 }, Cancellation);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(Cancellation));
    }

    // The server waits for its rest as long as it may.
    private static async Task<TcpClient> HalfARequestAsync(Uri address)
    {
        var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, Cancellation);
        await client.GetStream().WriteAsync("GET /metrics HTTP/1.1\r\nHost: node\r\n"u8.ToArray(), Cancellation);
        return client;
    }

    private static Dictionary<string, string?> Settings(string simulator, string connectionString) => new()
    {
        ["DOTNET_SHUTDOWNTIMEOUTSECONDS"] = "3",
        ["ConnectionStrings:marketdata"] = connectionString,
        ["Enrichment:Symbols"] = "AAPL MSFT JPM",
        ["Enrichment:Concurrency"] = "2",
        ["Providers:BaseUrl"] = simulator,
        ["Providers:Polygon:ApiKey"] = "test",
        ["Providers:Polygon:Resilience:AttemptTimeout"] = "00:04:00",
        ["Providers:Polygon:Resilience:TotalTimeout"] = "00:05:00",
    };
}
