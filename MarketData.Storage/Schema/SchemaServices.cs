using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MarketData.Storage.Schema;

/// <summary>Registration of what a service needs before the database has its schema.</summary>
public static class SchemaServices
{
    /// <summary>
    /// Adds <see cref="SchemaStart"/> with its health check <c>schema</c>, and <see cref="SchemaReadiness"/>. Needs the database,
    /// <see cref="SchemaOptions"/>, <see cref="StorageOptions"/> and a clock in the container.
    /// </summary>
    public static IServiceCollection AddSchemaStart(this IServiceCollection services)
    {
        services.TryAddSingleton<SchemaReadiness>();
        services.AddDatabaseClockAlone();
        services.AddSingleton<DatabaseMigrator>();
        services.AddSingleton<SchemaStart>();
        services.AddHostedService(provider => provider.GetRequiredService<SchemaStart>());
        services.AddHealthChecks().AddCheck<SchemaStart>("schema");
        return services;
    }
}
