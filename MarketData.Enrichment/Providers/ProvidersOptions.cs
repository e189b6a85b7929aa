namespace MarketData.Enrichment.Providers;

/// <summary>Settings of all providers, <c>Providers</c>.</summary>
public sealed class ProvidersOptions
{
    /// <summary>
    /// A server that plays all providers, each in a folder of its name, such as the simulator; a provider's own
    /// <see cref="ProviderOptions.BaseUrl"/> outranks it. Null: the providers' public addresses.
    /// </summary>
    [HttpAddress]
    public Uri? BaseUrl { get; set; }
}
