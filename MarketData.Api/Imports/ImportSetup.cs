using MarketData.Storage.Candles;
using MarketData.Storage.Imports;

namespace MarketData.Api.Imports;

/// <summary>Registers what takes imports in.</summary>
internal static class ImportSetup
{
    /// <summary>Adds it; settings are validated at start.</summary>
    public static IServiceCollection AddImports(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<ImportOptions>(configuration.GetSection(ImportOptions.Section));
        return services.AddSingleton<ImportStore>().AddSingleton<SeriesReader>().AddSingleton<CorporateActionReader>().AddSingleton<ImportIntake>();
    }
}
