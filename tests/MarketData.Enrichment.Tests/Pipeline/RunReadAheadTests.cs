using System.Text.Json;
using MarketData.Storage.Enrichment;
using MarketData.Testing;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>A run of many symbols with a provider that answers for many at once.</summary>
public sealed class RunReadAheadTests(PostgresServer server) : PipelineTests(server)
{
    private static readonly string[] Symbols = ["AAPL", "AMZN", "GOOGL", "MSFT", "NVDA"];

    [Fact]
    public async Task New_days_of_all_symbols_come_in_one_request_and_are_stored_symbol_by_symbol()
    {
        await YesterdayAsync();
        var before = await RequestsAsync();
        var run = await RunAllAsync();

        (await RequestsAsync()).ShouldBe(before + 1);
        foreach (var symbol in Symbols)
        {
            (await JobAsync(run, symbol)).ShouldSatisfyAllConditions(job => job.Status.ShouldBe("succeeded"), job => job.Inserted.ShouldBe(1));
            await ShouldBeCompleteAsync(symbol);
        }

        (await QueryAsync<string>("SELECT symbol FROM enrichment_fetch_log WHERE job_id = @run AND success AND source = 'alpaca' ORDER BY symbol", new { run }))
            .ShouldBe(Symbols);
    }

    [Fact]
    public async Task A_symbol_whose_series_stands_elsewhere_is_asked_for_alone()
    {
        await YesterdayAsync("AAPL", "AMZN", "GOOGL", "MSFT");
        await TrackAsync("NVDA", "stock", "1d");
        var before = await RequestsAsync();
        await RunAllAsync();

        // Its actions, its whole history; and the others in one.
        (await RequestsAsync("NVDA")).ShouldBeGreaterThan(0);
        (await RequestsAsync()).ShouldBe(before + 3);
        foreach (var symbol in Symbols)
            await ShouldBeCompleteAsync(symbol);
    }

    [Fact]
    public async Task A_node_that_takes_over_asks_again_for_what_another_had_in_memory()
    {
        await YesterdayAsync();
        var before = await RequestsAsync();
        var ticket = await new RunStore(Database).CreateAsync(new RunRequest { Trigger = RunTrigger.Manual }, Cancellation);
        (await RunNextAsync()).ShouldBeTrue();
        await ConfigureAsync([.. Settings()]);
        while (await RunNextAsync())
        {
            // To the end.
        }

        (await ScalarAsync<string>("SELECT status FROM enrichment_history WHERE job_id = @run", new { run = ticket.JobId })).ShouldBe("completed");
        (await RequestsAsync()).ShouldBe(before + 2);
        foreach (var symbol in Symbols)
            await ShouldBeCompleteAsync(symbol);
    }

    [Fact]
    public async Task When_the_provider_fails_each_symbol_fails_by_itself_and_comes_again()
    {
        await YesterdayAsync();
        await FaultAsync(new { kind = "server_error", provider = "alpaca" });
        var run = await RunAllAsync();
        foreach (var symbol in Symbols)
            (await JobAsync(run, symbol)).Status.ShouldBe("failed");

        await RepairAsync();
        await RunAllAsync();
        foreach (var symbol in Symbols)
            await ShouldBeCompleteAsync(symbol);
    }

    private async Task YesterdayAsync(params string[] symbols)
    {
        await ConfigureAsync([.. Settings()]);
        foreach (var symbol in symbols.DefaultIfEmpty().SelectMany(symbol => symbol is null ? Symbols : [symbol]))
            await TrackAsync(symbol, "stock", "1d");
        Time.Set(MidSession.AddDays(-1));
        await RunAllAsync();
        Time.Set(MidSession);
    }

    private async Task<Guid> RunAllAsync()
    {
        var ticket = await new RunStore(Database).CreateAsync(new RunRequest { Trigger = RunTrigger.Manual }, Cancellation);
        while (await RunNextAsync() || await IsRetryingAsync())
        {
            // Until nothing is left to do.
        }

        return ticket.JobId!.Value;
    }

    private async Task ShouldBeCompleteAsync(string symbol) =>
        (await CandlesAsync(symbol, "1d")).Select(candle => candle.Values).ShouldBe(
            await PolygonDaysAsync(symbol, DateOnly.FromDateTime(MidSession.UtcDateTime.AddDays(-151)), new DateOnly(2026, 11, 17)));

    private async Task<int> RequestsAsync()
    {
        using var statistics = JsonDocument.Parse(await Simulator.GetStringAsync("simulator/requests?provider=alpaca", Cancellation));
        return statistics.RootElement[0].GetProperty("total").GetInt32();
    }

    private Task<int> RequestsAsync(string symbol) => RequestsAsync("alpaca", symbol);

    private IEnumerable<(string Name, string Value)> Settings() =>
    [
        ("Providers:Polygon:Enabled", "false"),
        ("Providers:Yahoo:Enabled", "false"),
        ("Providers:Alpaca:BaseUrl", $"{SimulatorAddress}alpaca"),
        ("Providers:Alpaca:ApiKey", "key"),
        ("Providers:Alpaca:ApiSecret", "secret"),
        ("Providers:Alpaca:Resilience:RequestsPerMinute", "1000000"),
        ("Providers:Alpaca:Resilience:Burst", "1000000"),
        ("Providers:Alpaca:Resilience:RetryBaseDelay", "00:00:00.001"),
        ("Providers:Alpaca:Resilience:CircuitBreaker:ConsecutiveFailures", "1000"),
        ("Providers:Alpaca:Resilience:CircuitBreaker:MinimumThroughput", "1000"),
    ];
}
