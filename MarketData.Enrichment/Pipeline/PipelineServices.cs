using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Imports;
using MarketData.Storage.Schema;
using MarketData.Storage.Symbols;

namespace MarketData.Enrichment.Pipeline;

/// <summary>Registration of the pipeline.</summary>
public static class PipelineServices
{
    /// <summary>Adds the pipeline as the work of the scheduling's jobs. Settings are validated at start.</summary>
    public static IServiceCollection AddPipeline(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddSettings<HistoryOptions>(configuration.GetSection(HistoryOptions.Section));
        services.AddSettings<QualityOptions>(configuration.GetSection(QualityOptions.Section));
        services.AddSettings<StorageOptions>(configuration.GetSection(StorageOptions.Section));
        services.AddSettings<ImportOptions>(configuration.GetSection(ImportOptions.Section));
        services.AddSingleton<SeriesReader>();
        services.AddSingleton<OlderVerdicts>();
        services.AddSingleton<SeriesWriter>();
        services.AddSingleton<CorporateActionStore>();
        services.AddSingleton<CorporateActionReader>();
        services.AddSingleton<FeatureStore>();
        services.AddSingleton<BackfillStore>();
        services.AddSingleton<EnrichmentLog>();
        services.AddSingleton<AliasStore>();
        services.AddSingleton<InstrumentRefresh>();
        services.AddSingleton<CorporateActionRefresh>();
        services.AddSingleton<SeriesPlanner>();
        services.AddSingleton<SideRequests>();
        services.AddSingleton<BackfillPlanner>();
        services.AddSingleton<WindowReader>();
        services.AddSingleton<WeekBuilder>();
        services.AddSingleton<RunBatchReader>();
        services.AddSingleton<RunReadAhead>();
        services.AddSingleton<CrossCheckStore>();
        services.AddSingleton<CrossCheck>();
        services.AddSingleton<CandleSource>();
        services.AddSingleton<FeatureComputer>();
        services.AddSingleton<OutcomeCheck>();
        services.AddSingleton<ImportStore>();
        services.AddSingleton<ImportUndo>();
        services.AddSingleton<ImportSource>();
        services.AddSingleton<SymbolPipeline>();
        services.AddSingleton<SymbolWork>(provider => provider.GetRequiredService<SymbolPipeline>().EnrichAsync);
        return services;
    }
}
