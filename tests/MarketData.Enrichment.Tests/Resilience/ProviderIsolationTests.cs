using MarketData.Enrichment.Resilience;
using MarketData.Enrichment.Scheduling;
using MarketData.Enrichment.Tests.Pipeline;
using MarketData.Storage.Enrichment;
using MarketData.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace MarketData.Enrichment.Tests.Resilience;

/// <summary>A provider that a person has shut off is not asked, by any node, until it is restored.</summary>
public sealed class ProviderIsolationTests(PostgresServer server) : PipelineTests(server)
{
    private ProviderIsolationStore Store => Services.GetRequiredService<ProviderIsolationStore>();

    [Fact]
    public async Task It_is_asked_for_nothing_and_who_comes_next_serves()
    {
        await TrackAsync("AAPL", "stock", "1d");
        await Store.IsolateAsync("polygon", "ann", "wrong prices", Cancellation);
        await LookAsync();
        // As a node that starts then.
        await ConfigureAsync();
        await LookAsync();

        var job = await EnrichAsync("AAPL");

        job.Status.ShouldBe("succeeded");
        job.Attempt.ShouldBe(1);
        (await RequestsAsync("polygon", "AAPL")).ShouldBe(0);
        (await CandlesAsync("AAPL", "1d")).ShouldAllBe(candle => candle.Source == "yahoo");
        var state = Services.GetServices<ProviderGate>().Single(gate => gate.Provider == "polygon").Read().Resilience;
        state.CircuitState.ShouldBe("isolated");

        (await Store.RestoreAsync("polygon", "ann", Cancellation)).ShouldBeTrue();
        await LookAsync();
        (await EnrichAsync("AAPL")).Status.ShouldBe("succeeded");
        (await RequestsAsync("polygon", "AAPL")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task What_nobody_else_serves_waits_without_losing_attempts()
    {
        await TrackAsync("^GSPC", "index", "1d");
        await Store.IsolateAsync("yahoo", null, null, Cancellation);
        await LookAsync();
        var run = (await new RunStore(Database).CreateAsync(new RunRequest { Trigger = RunTrigger.Manual, Symbols = ["^GSPC"] }, Cancellation)).JobId!.Value;
        for (var tries = 0; tries < 6; tries++)
        {
            await IsRetryingAsync();
            (await RunNextAsync()).ShouldBeTrue();
        }

        var waiting = await JobAsync(run, "^GSPC");
        waiting.Status.ShouldBe("retrying");
        waiting.Message.ShouldNotBeNull().ShouldContain("a person has shut it off");

        await Store.RestoreAsync("yahoo", "ann", Cancellation);
        await LookAsync();
        await IsRetryingAsync();
        await RunNextAsync();
        (await JobAsync(run, "^GSPC")).Status.ShouldBe("succeeded");
    }

    [Fact]
    public async Task Restoring_closes_a_circuit_that_opened_by_itself_once_and_on_every_node_that_runs()
    {
        await ConfigureAsync(
            ("Providers:Yahoo:Resilience:CircuitBreaker:ConsecutiveFailures", "2"),
            ("Providers:Yahoo:Resilience:CircuitBreaker:BreakDuration", "01:00:00"));
        await Store.RestoreAsync("yahoo", "ann", Cancellation);
        await LookAsync();
        await OpenAsync();
        await LookAsync();
        State().ShouldBe("open");

        await Store.RestoreAsync("yahoo", "ann", Cancellation);
        await LookAsync();
        State().ShouldBe("closed");
        (await Gate().CallAsync(_ => Task.FromResult(7), Cancellation)).ShouldBe(7);
        // What fails on opens it again, and that one restoration does not close it again.
        await OpenAsync();
        await LookAsync();
        State().ShouldBe("open");

        ProviderGate Gate() => Services.GetServices<ProviderGate>().Single(gate => gate.Provider == "yahoo");
        string State() => Gate().Read().Resilience.CircuitState;
        async Task OpenAsync()
        {
            for (var calls = 0; calls < 20 && State() == "closed"; calls++)
            {
                await Should.ThrowAsync<Exception>(() => Gate().CallAsync<int>(
                    _ => throw new ProviderException("yahoo", ProviderErrorKind.Transient, "failed", "Wait."), Cancellation));
            }
        }
    }

    [Fact]
    public async Task A_probe_is_made_all_the_same()
    {
        await Store.IsolateAsync("yahoo", null, null, Cancellation);
        await LookAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await ExecuteAsync("INSERT INTO enrichment_nodes (node_id, host, process_id, version, concurrency) VALUES ('node-1', 'host', 1, '1.0.0', 5)");
        var listening = Services.GetRequiredService<LookupListener>().RunAsync(stop.Token);
        var probes = new ProviderProbeStore(Database, TimeProvider.System);

        var (works, _) = await probes.AskAsync("yahoo", TimeSpan.FromMinutes(1), Cancellation);
        var (unknown, _) = await probes.AskAsync("nobody", TimeSpan.FromMinutes(1), Cancellation);

        works!.Providers.ShouldHaveSingleItem().Message.ShouldStartWith("gives candles.");
        unknown!.Providers.ShouldHaveSingleItem().Message.ShouldContain("unknown to the node");
        (await ScalarAsync<long>("SELECT count(*) FROM provider_probes")).ShouldBe(0);
        await stop.CancelAsync();
        await listening;
    }

    private Task LookAsync() => Services.GetRequiredService<ProviderIsolations>().ApplyAsync(Cancellation);
}
