using System.IO.Compression;
using MarketData.Storage.Candles;
using Microsoft.AspNetCore.ResponseCompression;

namespace MarketData.Api.Historical;

/// <summary>What candles and features are read with, and how answers are compressed.</summary>
public static class HistoricalServices
{
    /// <summary>Registers the readers, and compression for clients that ask for it. Parquet is compressed in itself.</summary>
    public static IServiceCollection AddHistorical(this IServiceCollection services)
    {
        services.AddSingleton<CandleReader>().AddSingleton<PageCache>();
        services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        return services.AddResponseCompression(options =>
        {
            // No answer holds both a secret and what a stranger put in, which is what makes compression over TLS risky.
            options.EnableForHttps = true;
            options.MimeTypes =
            [
                .. ResponseCompressionDefaults.MimeTypes, "application/problem+json",
                .. CandleFormats.MediaTypes.Where(type => type != CandleFormat.Parquet.MediaType()),
            ];
        });
    }
}
