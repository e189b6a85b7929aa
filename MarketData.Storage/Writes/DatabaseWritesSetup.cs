using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MarketData.Storage.Writes;

/// <summary>Registers the probe of writes.</summary>
public static class DatabaseWritesSetup
{
    /// <summary>The health check's name.</summary>
    public const string HealthCheck = "writes";

    /// <summary>Adds <see cref="DatabaseWrites"/>, with its health check.</summary>
    /// <param name="services">The service's.</param>
    /// <param name="whileNone">The service's health while the database takes no writes: degraded where it goes on reading, else unhealthy.</param>
    public static IServiceCollection AddDatabaseWrites(this IServiceCollection services, HealthStatus whileNone)
    {
        services.AddSingleton<DatabaseWrites>();
        services.AddHostedService(provider => provider.GetRequiredService<DatabaseWrites>());
        services.AddHealthChecks().AddCheck<DatabaseWrites>(HealthCheck, whileNone);
        return services;
    }
}
