using MarketData.Api.Requests;
using MarketData.Storage.Dashboard;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Providers;

/// <summary>How providers do: <c>/api/v1/metrics/providers</c>.</summary>
public static class ProvidersApi
{
    /// <summary>Maps the endpoint.</summary>
    public static RouteGroupBuilder MapProviders(this RouteGroupBuilder api)
    {
        api.MapGet("/metrics/providers", GetProviders)
            .WithTags("Data").WithName("GetProviders").WithSummary("Calls, errors and latency of each provider");
        return api;
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
}
