using System.Net.Http.Json;
using System.Text.Json;
using MarketData.Testing;

namespace MarketData.AppHost.Tests;

/// <summary>What a person sees in the Aspire dashboard who did nothing.</summary>
public sealed class IdleTests : IDisposable
{
    private readonly string _directory = ScratchDirectory.Create("marketdata-idle-").FullName;
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task An_idle_minute_adds_next_to_no_traces()
    {
        await using var host = AppHostProcess.StartSystem(
            _directory,
            ["--Enrichment:Symbols=AAPL:stock:1d", "--Monitoring:Enabled=false"],
            new Dictionary<string, string?> { ["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] = "true" });
        await host.ReadyAsync(_cancellation);
        using var http = new HttpClient();
        await Eventually.BecomesAsync(
            async () => (await TracesAsync(http, host)).Any(trace => trace.Contains("symbol AAPL", StringComparison.Ordinal)), TimeSpan.FromMinutes(2), _cancellation);
        var before = await TracesAsync(http, host);

        // The minute itself is what is tested.
        await Task.Delay(TimeSpan.FromMinutes(1), _cancellation);

        var added = (await TracesAsync(http, host)).Skip(before.Count).ToList();
        added.Count.ShouldBeLessThanOrEqualTo(1, string.Join('\n', added));
    }

    private async Task<List<string>> TracesAsync(HttpClient http, AppHostProcess host)
    {
        var answer = await http.GetFromJsonAsync<JsonElement>(new Uri(host.Address("Aspire dashboard"), "/api/telemetry/traces?limit=10000"), _cancellation);
        return
        [
            .. answer.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
                .SelectMany(resource => resource.GetProperty("scopeSpans").EnumerateArray())
                .SelectMany(scope => scope.GetProperty("spans").EnumerateArray())
                .GroupBy(span => span.GetProperty("traceId").GetString()!)
                .Select(trace => string.Join(", ", trace.Select(span => span.GetProperty("name").GetString()))),
        ];
    }
}
