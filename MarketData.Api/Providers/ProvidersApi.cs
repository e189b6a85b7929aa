using MarketData.Api.Errors;
using MarketData.Api.Requests;
using MarketData.Api.Security;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Providers;

/// <summary>
/// How providers do: <c>/api/v1/metrics/providers</c> and <c>/api/v1/providers/{name}</c>; whether they serve this place: <c>/api/v1/providers/check</c>.
/// </summary>
public static class ProvidersApi
{
    // A node gives each provider five seconds.
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(9);

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapProviders(this RouteGroupBuilder api)
    {
        api.MapGet("/metrics/providers", GetProviders)
            .WithTags("Data").WithName("GetProviders").WithSummary("Calls, errors and latency of each provider");
        api.MapGet("/providers/check", Check).RequireScope(Scopes.Enrich).MayFailWith(ProblemCodes.NoNode)
            .WithTags("Data").WithName("CheckProviders").WithSummary("Ask each provider whether it serves this place: what works, and what helps where it does not");
        return api.MapProvider();
    }

    private static async Task<Ok<ProviderMetrics>> GetProviders(
        MetricsReader metrics, HealthReader health, CancellationToken cancellationToken, [Parsable(typeof(Window))] string window = Window.Default)
    {
        var fetches = (await metrics.ReadFetchesAsync(Window.Parse(window).Length, cancellationToken)).Where(row => row.Source.Length > 0)
            .ToList();
        var states = (await health.ReadAsync(cancellationToken)).Providers.ToLookup(state => state.Resilience.Provider);
        var names = fetches.Select(row => row.Source).Union(states.Select(group => group.Key)).Order(StringComparer.Ordinal);
        return TypedResults.Ok(new ProviderMetrics(
            window, [.. names.Select(name => ProviderCalls.From(name, fetches.Find(row => row.Source == name), [.. states[name]]))]));
    }

    private static async Task<Results<Ok<ProviderCheckReport>, ProblemHttpResult>> Check(ProviderCheckStore checks, CancellationToken cancellationToken) =>
        await checks.CheckAsync(WaitLimit, cancellationToken) switch
        {
            ({ } check, _) => TypedResults.Ok(ProviderCheckReport.Of(check)),
            (null, true) => Problems.Of(
                ProblemCodes.NoNode, $"No enrichment node answered within {WaitLimit.TotalSeconds:0} s; ask again, or look at the nodes' logs."),
            (null, false) => Problems.Of(
                ProblemCodes.NoNode,
                "No enrichment node is live, and only nodes speak to providers: start one, or run 'MarketData.Enrichment providers check' where one would run."),
        };
}
