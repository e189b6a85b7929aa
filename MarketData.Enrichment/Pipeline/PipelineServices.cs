using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Features;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Pipeline;

/// <summary>Registration of the pipeline.</summary>
public static class PipelineServices
{
    /// <summary>Adds the way of a candle as the work that jobs do; goes with the scheduling. Settings are validated at start.</summary>
    public static IServiceCollection AddPipeline(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<HistoryOptions>().Bind(configuration.GetSection(HistoryOptions.Section)).ValidateOnStart();
        services.AddOptions<QualityOptions>().Bind(configuration.GetSection(QualityOptions.Section)).ValidateOnStart();
        services.AddOptions<StorageOptions>().Bind(configuration.GetSection(StorageOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<HistoryOptions>, PipelineSettings>();
        services.AddSingleton<IValidateOptions<QualityOptions>, PipelineSettings>();
        services.AddSingleton<IValidateOptions<StorageOptions>, PipelineSettings>();
        services.AddSingleton<SeriesReader>();
        services.AddSingleton<SeriesWriter>();
        services.AddSingleton<CorporateActionStore>();
        services.AddSingleton<CorporateActionReader>();
        services.AddSingleton<FeatureStore>();
        services.AddSingleton<BackfillStore>();
        services.AddSingleton<EnrichmentLog>();
        services.AddSingleton<CorporateActionRefresh>();
        services.AddSingleton<SeriesPlanner>();
        services.AddSingleton<CrossCheck>();
        services.AddSingleton<CandleSource>();
        services.AddSingleton<FeatureComputer>();
        services.AddSingleton<SymbolPipeline>();
        services.AddSingleton<SymbolWork>(provider => provider.GetRequiredService<SymbolPipeline>().EnrichAsync);
        return services;
    }
}
