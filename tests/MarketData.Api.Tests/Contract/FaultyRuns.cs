using System.Net;
using MarketData.Api.Tests.Symbols;
using MarketData.Testing;

namespace MarketData.Api.Tests.Contract;

/// <summary>A system after two runs in which providers failed, lied, corrected themselves and forgot a symbol; nothing happens any more.</summary>
public sealed class FaultyRuns(PostgresServer server) : IAsyncLifetime
{
    private readonly AddingSystem _system = new(server);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Its database.</summary>
    public TestDatabase Database => _system.Database;

    /// <summary>Calls its Api with a key that may read.</summary>
    public HttpClient Client => _system.Reader;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await _system.InitializeAsync();
        await RunAsync(
            new { kind = "server_error", provider = "polygon", count = 3 },
            new { kind = "impossible_candle", symbol = "BTC-USD", bar_rate = 0.05 },
            new { kind = "missing_bars", symbol = "MSFT", bar_rate = 0.1 },
            new { kind = "price_spike", symbol = "SPY", bar_rate = 0.05 });
        await RunAsync(new { kind = "revised_prices", symbol = "MSFT" }, new { kind = "unknown_symbol", symbol = "SPY" });
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _system.DisposeAsync();

    private async Task RunAsync(params object[] faults)
    {
        await _system.BehaveAsync();
        foreach (var fault in faults)
            await _system.MisbehaveAsync(fault);
        var run = await _system.Operator.PostAsync("/api/v1/enrichment/trigger").JsonAsync(HttpStatusCode.Accepted);
        await Eventually.BecomesAsync(
            async () => (await Client.FetchAsync($"/api/v1/enrichment/runs/{run.GetProperty("job_id").GetString()}").JsonAsync())
                .GetProperty("status").GetString() is "completed" or "partial" or "failed",
            TimeSpan.FromMinutes(3),
            Cancellation);
    }
}
