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
        services.AddSingleton<CandleReader>().AddSingleton<LatestReader>().AddSingleton<PageCache>()
            .AddSingleton<SpoolSpace>().AddSingleton<CandleServices>();
        services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        return services.AddResponseCompression(options =>
        {
            // Safe over TLS: BREACH needs an answer that holds both a secret and text that an attacker chose, and there is none.
            options.EnableForHttps = true;
            options.MimeTypes =
            [
                .. ResponseCompressionDefaults.MimeTypes, "application/problem+json",
                .. CandleFormats.MediaTypes.Where(type => type != CandleFormat.Parquet.MediaType()),
            ];
        });
    }
}
