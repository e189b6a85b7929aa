using System.Net.Http.Json;
using System.Text.Json;
using MarketData.Testing;

namespace MarketData.EndToEnd.Tests.Running;

/// <summary>The app host with two nodes of enrichment, of which one is killed.</summary>
public sealed class TwoNodeTests
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_nodes_share_a_run_and_what_one_leaves_behind_when_it_is_killed_is_finished()
    {
        // A symbol at a time for each, and slowly: both have to take part, and both are at work when one is killed.
        await using var system = await RunningSystem.StartAsync(
            [
                "--Enrichment:Replicas=2", "--Enrichment:Concurrency=1", "--Simulator:Faults:0:Kind=latency", "--Simulator:Faults:0:DelaySeconds=1",
                "--Enrichment:Symbols=AAPL:stock:1d MSFT:stock:1d SPY:etf:1d BTC-USD:crypto:1d", "--Monitoring:Enabled=false",
            ],
            _cancellation);
        using var api = new HttpClient(new RetryAfterHandler()) { BaseAddress = new Uri(system.Dashboard, "/api/v1/") };
        var nodes = new List<JsonElement>();
        await Eventually.BecomesAsync(
            async () =>
            {
                nodes = [.. (await AskAsync(api, "system")).GetProperty("nodes").EnumerateArray()];
                return nodes.Count == 2 && nodes.TrueForAll(node => node.GetProperty("running").GetInt32() == 1);
            },
            TimeSpan.FromMinutes(1),
            _cancellation);
        var killed = nodes[0].GetProperty("node_id").GetString();

        AppHostProcess.Signal("KILL", nodes[0].GetProperty("process_id").GetInt32());

        var run = default(JsonElement);
        await Eventually.BecomesAsync(
            async () => (run = (await AskAsync(api, "enrichment/dashboard/overview")).GetProperty("last_run_result")).ValueKind == JsonValueKind.Object,
            TimeSpan.FromMinutes(3),
            _cancellation);
        run.GetProperty("status").GetString().ShouldBe("completed");
        run.GetProperty("symbols_successful").GetInt32().ShouldBe(4);
        // Another that is started in the place of the dead one is seen beside it, which is shown as dead.
        await system.StartAgainAsync("enrichment", _cancellation);
        await Eventually.BecomesAsync(
            async () =>
            {
                var seen = (await AskAsync(api, "system")).GetProperty("nodes").EnumerateArray().ToLookup(
                    node => node.GetProperty("alive").GetBoolean(), node => node.GetProperty("node_id").GetString());
                return seen[true].Count() == 2 && seen[false].SequenceEqual([killed]);
            },
            TimeSpan.FromMinutes(1),
            _cancellation);
    }

    private async Task<JsonElement> AskAsync(HttpClient api, string address) => await api.GetFromJsonAsync<JsonElement>(address, _cancellation);
}
