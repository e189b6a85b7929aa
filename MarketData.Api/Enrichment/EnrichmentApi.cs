namespace MarketData.Api.Enrichment;

/// <summary>Seeing and steering enrichment: <c>/api/v1/enrichment</c>.</summary>
public static class EnrichmentApi
{
    /// <summary>Adds what the endpoints need beside the database.</summary>
    public static IServiceCollection AddEnrichment(this IServiceCollection services) => services.AddSingleton<TriggerCheck>();

    /// <summary>Maps the endpoints.</summary>
    public static RouteGroupBuilder MapEnrichment(this RouteGroupBuilder api)
    {
        api.MapGroup("/enrichment").WithTags("Enrichment").MapDashboard().MapRuns().MapTimelines().MapBackfills().MapControl();
        return api;
    }
}
