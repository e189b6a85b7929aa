using System.ComponentModel.DataAnnotations;

namespace MarketData.Enrichment.Providers.Binance;

/// <summary>Settings that Binance alone has, <c>Providers:Binance</c>.</summary>
public sealed class BinanceOptions
{
    /// <summary>
    /// Where the futures endpoints answer; null means the provider's <see cref="ProviderOptions.BaseUrl"/>, or the public address when that is
    /// null too.
    /// </summary>
    [HttpAddress]
    public Uri? FuturesBaseUrl { get; set; }

    /// <summary>The request weight that the provider allows in a minute, 1 or more; we stop at nine tenths of it.</summary>
    [Range(1, 1_000_000)]
    public int WeightPerMinute { get; set; } = 6000;
}
