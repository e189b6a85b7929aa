using MarketData.Api.Requests;
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

    private static Task<Ok<ProviderMetrics>> GetProviders(RequestValues request) => throw new NotSupportedException();
}
