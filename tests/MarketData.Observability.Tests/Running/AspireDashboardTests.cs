using System.Net.Http.Json;
using System.Text.Json;
using MarketData.Testing;

namespace MarketData.Observability.Tests.Running;

/// <summary>What a developer sees in the app host's own Aspire dashboard, read through its telemetry API.</summary>
[Collection(ObservedSystem.Turns)]
public sealed class AspireDashboardTests(ObservedSystem system)
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task One_trace_goes_from_the_front_door_to_the_provider_and_the_database_with_its_logs()
    {
        await system.StartAsync();
        using var dashboard = new HttpClient { BaseAddress = system.Running.AspireDashboard };

        var run = await system.RunEndedAsync(await system.TriggerAsync("MSFT"));
        var traceId = run.GetProperty("symbols")[0].GetProperty("trace_id").GetString()!;
        var spans = await SpansAsync(dashboard, traceId);

        var web = spans.Single(span => span is { Service: "web", Parent: "" });
        spans.ShouldContain(span => span.Service == "api" && span.Name.StartsWith("POST", StringComparison.Ordinal));
        foreach (var step in (string[])["fetch", "validate", "compute", "store"])
            spans.ShouldContain(span => span.Service == "enrichment" && span.Name == step, step);
        // Of several attempts, the one that stored.
        var symbol = AncestorsOf(spans.First(span => span.Name == "store"), spans).Single(span => span.Name == "symbol MSFT");
        var fetch = spans.Where(span => span.Name == "fetch").ToList();
        spans.ShouldContain(span => span.Attributes.Contains("/v2/aggs/ticker/MSFT", StringComparison.Ordinal), "the provider's call");
        spans.ShouldContain(span => span.Service == "enrichment" && span.Attributes.Contains("postgresql", StringComparison.Ordinal), "a statement of the node's");
        spans.ShouldContain(span => span.Service == "api" && span.Attributes.Contains("postgresql", StringComparison.Ordinal), "a statement of the API's");
        fetch.ShouldAllBe(span => AncestorsOf(span, spans).Any(above => above.Name == symbol.Name));
        AncestorsOf(symbol, spans).ShouldContain(web);
        // No key is in what is traced.
        spans.ShouldAllBe(span => !span.Attributes.Contains("apiKey", StringComparison.OrdinalIgnoreCase));

        var name = $"Run {run.GetProperty("job_id").GetString()} (manual)";
        await Eventually.BecomesAsync(
            async () => await LogsAsync(dashboard, traceId) is var logs
                && logs.Contains($"{name} begins", StringComparison.Ordinal) && logs.Contains($"{name} completed after", StringComparison.Ordinal),
            WaitLimit,
            TestContext.Current.CancellationToken);
    }

    private static IEnumerable<Span> AncestorsOf(Span span, IReadOnlyList<Span> spans)
    {
        while (spans.FirstOrDefault(candidate => candidate.Id == span.Parent) is { } parent)
            yield return span = parent;
    }

    private static async Task<IReadOnlyList<Span>> SpansAsync(HttpClient dashboard, string traceId)
    {
        IReadOnlyList<Span> spans = [];
        await Eventually.BecomesAsync(
            async () =>
            {
                spans = Read(await dashboard.GetFromJsonAsync<JsonElement>($"/api/telemetry/traces/{traceId}", TestContext.Current.CancellationToken));
                // Each service sends its spans when it likes: all are there when none lacks its parent.
                return spans.All(span => span.Parent.Length == 0 || spans.Any(parent => parent.Id == span.Parent))
                    && spans.Any(span => span.Name.StartsWith("run ", StringComparison.Ordinal)) && spans.Any(span => span is { Service: "web", Parent: "" })
                    && spans.Any(span => span.Service == "api" && span.Name.StartsWith("POST", StringComparison.Ordinal));
            },
            WaitLimit,
            TestContext.Current.CancellationToken);
        return spans;
    }

    private static async Task<string> LogsAsync(HttpClient dashboard, string traceId) =>
        await dashboard.GetStringAsync($"/api/telemetry/logs?traceId={traceId}", TestContext.Current.CancellationToken);

    private static IReadOnlyList<Span> Read(JsonElement answer) =>
    [
        .. from resource in answer.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
           let service = resource.GetProperty("resource").GetProperty("attributes").EnumerateArray()
               .First(attribute => attribute.GetProperty("key").GetString() == "service.name").GetProperty("value").GetProperty("stringValue").GetString()!
           from scope in resource.GetProperty("scopeSpans").EnumerateArray()
           from span in scope.GetProperty("spans").EnumerateArray()
           select new Span(
               service,
               span.GetProperty("spanId").GetString()!,
               span.TryGetProperty("parentSpanId", out var parent) ? parent.GetString() ?? "" : "",
               span.GetProperty("name").GetString()!,
               span.TryGetProperty("attributes", out var attributes) ? attributes.ToString() : ""),
    ];

    private sealed record Span(string Service, string Id, string Parent, string Name, string Attributes);
}
