namespace MarketData.Enrichment.Providers.Yahoo;

/// <summary>Settings that Yahoo alone has, <c>Providers:Yahoo</c>.</summary>
public sealed class YahooOptions
{
    /// <summary>
    /// Where Yahoo gives the cookie that it asks some clients for; null means the provider's <see cref="ProviderOptions.BaseUrl"/>, or the public
    /// address when that is null too.
    /// </summary>
    [HttpAddress]
    public Uri? CookieUrl { get; set; }
}
