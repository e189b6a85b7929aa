using MarketData.Storage;
using MarketData.Storage.Candles;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Events;
using MarketData.Storage.Keys;
using MarketData.Storage.Notifications;
using MarketData.Storage.Schema;
using MarketData.Storage.Symbols;
using MarketData.Storage.Writes;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MarketData.Api.Database;

/// <summary>Registers the database and everything that reads or writes it.</summary>
public static class DatabaseSetup
{
    // Milliseconds that a broken-off query may take to say so; the server that does not answer would take all of the default 2,000.
    private const int CancellationTimeoutMs = 200;

    /// <summary>Adds the data source, the wait for its schema, readers and stores.</summary>
    public static WebApplicationBuilder AddDatabase(this WebApplicationBuilder builder)
    {
        builder.AddMarketDataDatabase(
            static database =>
            {
                database.LimitPool(MarketDataDatabase.ApiPoolSize);
                database.ConnectionStringBuilder.CancellationTimeout = CancellationTimeoutMs;
                // No DISCARD ALL: sessions keep nothing between uses, and resetting one takes seven statements.
                database.ConnectionStringBuilder.NoResetOnClose = true;
            },
            // The probe's instead: a pool that is exhausted is not a database that is lost.
            static settings => settings.DisableHealthChecks = true);
        var services = builder.Services;
        services.AddSingleton<DatabaseProbe>();
        services.AddHostedService(provider => provider.GetRequiredService<DatabaseProbe>());
        services.AddHealthChecks().AddCheck<DatabaseProbe>("PostgreSql");
        services.AddSchemaStart();
        services.AddDatabaseWrites(HealthStatus.Degraded);
        services.AddSingleton<ReadReplica>();
        services.AddHostedService(provider => provider.GetRequiredService<ReadReplica>());
        if (ReadReplica.ConnectionString(builder.Configuration) is not null)
            services.AddHealthChecks().AddCheck<ReadReplica>("replica");

        services.AddSingleton<OverviewReader>().AddSingleton<MetricsReader>().AddSingleton<HealthReader>().AddSingleton<ProviderStateStore>();
        services.AddSingleton<RunReader>().AddSingleton<JobReader>().AddSingleton<BackfillReader>();
        services.AddSingleton<SymbolStatusReader>().AddSingleton<QualityReader>().AddSingleton<CrossCheckReader>().AddSingleton<CandleStoryReader>();
        services.AddSingleton<CorporateActionStore>().AddSingleton<SystemReader>();
        services.AddSingleton<EventReader>();
        services.AddSingleton<RunStore>().AddSingleton<IdempotentRuns>().AddSingleton<SchedulerStore>().AddSingleton<LookupStore>().AddSingleton<ProviderQuestionStore>();
        services.AddSingleton<BackfillPlanStore>();
        services.AddSingleton<ProviderCheckStore>().AddSingleton<ProviderProbeStore>().AddSingleton<ProviderIsolationStore>().AddSingleton<ProviderReader>();
        services.AddSingleton<SymbolStore>().AddSingleton<WatchlistStore>().AddSingleton<InstrumentStore>().AddSingleton<AliasStore>().AddSingleton<KeyStore>();
        services.AddSingleton<ReceiverCipher>().AddSingleton<ReceiverStore>().AddSingleton<RuleStore>().AddSingleton<IncidentStore>().AddSingleton<OutboxStore>();
        services.AddSingleton<AttentionReader>().AddSingleton<PriceLevelMarks>().AddSingleton<CandleRetention>().AddSingleton<HistoryCut>();
        return builder;
    }
}
