using System.IO.Compression;
using MarketData.Storage.Candles;
using MarketData.Storage.Dashboard;
using MarketData.Storage.Symbols;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MarketData.Api.Historical;

/// <summary>What candles, features and quality are read with, and how answers are compressed.</summary>
public static class HistoricalServices
{
    /// <summary>Registers the readers, and compression for clients that ask for it. Parquet is compressed in itself.</summary>
    public static IServiceCollection AddHistorical(this IServiceCollection services)
    {
        services.AddSingleton<CandleReader>().AddSingleton<CorporateActionReader>();
        services.TryAddSingleton<SymbolStore>();
        services.TryAddSingleton<SymbolStatusReader>();
        services.TryAddSingleton<QualityReader>();
        services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        return services.AddResponseCompression(options =>
        {
            // No answer holds both a secret and what a stranger put in, which is what makes compression over TLS risky.
            options.EnableForHttps = true;
            options.MimeTypes =
                [.. CandleFormats.MediaTypes.Where(type => type != CandleFormat.Parquet.MediaType()), "application/problem+json", "application/openapi+json"];
        });
    }
}
