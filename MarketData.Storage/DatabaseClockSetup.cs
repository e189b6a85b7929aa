using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MarketData.Storage;

/// <summary>Registration of the clock.</summary>
public static class DatabaseClockSetup
{
    /// <summary>The health check's name.</summary>
    public const string HealthCheck = "clock";

    /// <summary>
    /// Makes <see cref="DatabaseClock"/> the service's <see cref="TimeProvider"/>, and watches how far the machine's is from it. Needs the database.
    /// </summary>
    public static IServiceCollection AddDatabaseClock(this IServiceCollection services)
    {
        services.AddDatabaseClockAlone();
        services.AddSingleton<TimeProvider>(provider => provider.GetRequiredService<DatabaseClock>());
        services.AddSingleton<DatabaseClockWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<DatabaseClockWatch>());
        services.AddHealthChecks().AddCheck<DatabaseClockWatch>(HealthCheck);
        return services;
    }

    /// <summary>Adds <see cref="DatabaseClock"/>, which nothing goes by but who asks for it.</summary>
    internal static void AddDatabaseClockAlone(this IServiceCollection services) =>
        services.TryAddSingleton(new DatabaseClock(TimeProvider.System));
}
