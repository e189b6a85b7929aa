using MarketData.Api.Requests;
using MarketData.Storage.Dashboard;
using Microsoft.AspNetCore.Http.HttpResults;
using static MarketData.Api.Requests.Parameters;

namespace MarketData.Api.Providers;

/// <summary>How providers do: <c>/api/v1/metrics/providers</c>.</summary>
public static class ProvidersApi
{
    private static readonly RequestParameter<Window> MetricsWindow = Window("24h");

    /// <summary>Maps the endpoint.</summary>
    public static RouteGroupBuilder MapProviders(this RouteGroupBuilder api)
    {
        api.MapGet("/metrics/providers", GetProviders).Takes(MetricsWindow)
            .WithTags("Data").WithName("GetProviders").WithSummary("Calls, errors and latency of each provider");
        return api;
    }

    private static async Task<Ok<ProviderMetrics>> GetProviders(
        RequestValues request, MetricsReader metrics, HealthReader health, CancellationToken cancellationToken)
    {
        var window = request.Get(MetricsWindow);
        var fetches = (await metrics.ReadFetchesAsync(window.Length, cancellationToken)).Where(row => row.Source.Length > 0).ToList();
        var states = (await health.ReadAsync(cancellationToken)).Providers.ToLookup(state => state.Resilience.Provider);
        var names = fetches.Select(row => row.Source).Union(states.Select(group => group.Key)).Order(StringComparer.Ordinal);
        return TypedResults.Ok(new ProviderMetrics(
            window.Text, [.. names.Select(name => ProviderCalls.From(name, fetches.Find(row => row.Source == name), [.. states[name]]))]));
    }
}
