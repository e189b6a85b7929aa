using System.Net.Http.Json;
using System.Text.Json;
using MarketData.Testing;

namespace MarketData.EndToEnd.Tests.Running;

/// <summary>What a violent end of everything leaves behind, and what the next start makes of it.</summary>
public sealed class RestartTests
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_that_was_cut_off_by_the_death_of_everything_is_finished_by_the_next_start()
    {
        var data = Directory.CreateTempSubdirectory("marketdata-restart-").FullName;
        string[] settings = ["--Enrichment:Symbols=AAPL:stock:1d MSFT:stock:1d+1h SPY:etf:1d BTC-USD:crypto:1h", "--Simulator:Faults:0:Kind=latency", "--Simulator:Faults:0:DelaySeconds=1"];
        try
        {
            Guid run;
            await using (var first = AppHostProcess.StartSystem(data, settings))
            {
                await first.ReadyAsync(_cancellation);
                var current = (await OverviewAsync(first)).GetProperty("current_run");
                run = current.GetProperty("job_id").GetGuid();
                first.Signal("KILL");
            }

            await using var second = AppHostProcess.StartSystem(data, settings);
            await second.ReadyAsync(_cancellation);
            JsonElement ended = default;
            await Eventually.BecomesAsync(
                async () =>
                {
                    ended = (await OverviewAsync(second)).GetProperty("last_run_result");
                    return ended.ValueKind == JsonValueKind.Object;
                },
                TimeSpan.FromMinutes(3),
                _cancellation);

            ended.GetProperty("job_id").GetGuid().ShouldBe(run);
            ended.GetProperty("status").GetString().ShouldBe("completed");
            ended.GetProperty("symbols_successful").GetInt32().ShouldBe(4);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private async Task<JsonElement> OverviewAsync(AppHostProcess host)
    {
        using var http = new HttpClient(new PatientHandler());
        return await http.GetFromJsonAsync<JsonElement>(new Uri(host.Address("Dashboard"), "/api/v1/enrichment/dashboard/overview"), _cancellation);
    }
}
