using MarketData.Bulk;
using MarketData.Enrichment.Notifications;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Schema;
using MarketData.Storage.Symbols;
using MarketData.Storage.Writes;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace MarketData.Enrichment.Scheduling;

/// <summary>Registration of the scheduling.</summary>
public static class SchedulingServices
{
    /// <summary>
    /// Adds the node and everything that it runs. Needs an <see cref="NpgsqlDataSource"/>, a <see cref="Pipeline.SymbolWork"/>, a
    /// <see cref="Providers.SymbolLookup"/> and <see cref="Providers.ProviderChecks"/> in the container. Settings are validated at start.
    /// </summary>
    public static IServiceCollection AddScheduling(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<EnrichmentOptions>(configuration.GetSection(EnrichmentOptions.Section));
        services.AddSettings<LeaseOptions>(configuration.GetSection(LeaseOptions.Section));
        services.AddSettings<RetryOptions>(configuration.GetSection(RetryOptions.Section));
        services.AddSettings<RetentionOptions>(configuration.GetSection(RetentionOptions.Section));
        services.AddSettings<BulkScheduleOptions>(configuration.GetSection(BulkOptions.Section));
        services.AddBulkFiles(configuration);
        services.AddNotifications(configuration);
        AddStores(services);
        services.AddSettings<SchemaOptions>(configuration.GetSection(SchemaOptions.Section));
        services.AddSchemaStart();
        services.AddDatabaseWrites(HealthStatus.Unhealthy);
        services.AddSingleton<JobLeases>();
        services.AddSingleton<NodeLoop>();
        services.AddSingleton<LeaseKeeper>();
        services.AddSingleton<WorkListener>();
        services.AddSingleton<LookupListener>();
        services.AddSingleton<JobRunner>();
        AddJobLog(services);
        services.AddSingleton<JobDispatcher>();
        services.AddSingleton<ClusterStart>();
        services.AddSingleton<ClusterSchedules>();
        services.AddSingleton<ProviderIsolations>();
        services.AddSingleton<PeriodicWork>();
        services.AddSingleton<Upkeep>();
        services.AddSingleton<BulkWork>();
        services.AddSingleton<NotificationWork>();
        services.AddSingleton<EnrichmentNode>();
        services.AddHostedService(provider => provider.GetRequiredService<EnrichmentNode>());
        services.AddHealthChecks().AddCheck<EnrichmentNode>("node");
        // Else the server stops first, and one slow reader of /metrics may take all the time in which jobs are to be given back.
        services.Configure<HostOptions>(host => host.ServicesStopConcurrently = true);
        return services;
    }

    // Of jobs every step is kept; of what else goes on while they are worked on, what somebody should know.
    private static void AddJobLog(IServiceCollection services)
    {
        services.AddSingleton<JobLog>();
        services.AddSingleton<ILoggerProvider>(provider => provider.GetRequiredService<JobLog>());
        services.AddLogging(logging => logging
            .AddFilter<JobLog>(null, LogLevel.Warning)
            .AddFilter<JobLog>(nameof(MarketData), LogLevel.Debug));
        services.AddSingleton<JobLogStore>();
        services.AddSingleton<JobLogWriter>();
    }

    private static void AddStores(IServiceCollection services)
    {
        services.AddSingleton<RunStore>();
        services.AddSingleton<JobStore>();
        services.AddSingleton<LookupStore>();
        services.AddSingleton<ProviderQuestionStore>();
        services.AddSingleton<BackfillPlanStore>();
        services.TryAddSingleton<ProviderCheckStore>();
        services.AddSingleton<ProviderProbeStore>();
        services.AddSingleton<ProviderIsolationStore>();
        services.AddSingleton(services => new ScheduleStore(services.GetRequiredService<NpgsqlDataSource>(), CronSchedule.Next));
        services.AddSingleton<NodeRegistry>();
        services.AddSingleton<ClusterReader>();
        services.AddSingleton<RetentionStore>();
        services.AddSingleton<CandleRetention>();
        services.TryAddSingleton<InstrumentStore>();
        services.AddSingleton<SymbolSeed>();
        services.AddSingleton<SymbolStatusStore>();
    }
}
