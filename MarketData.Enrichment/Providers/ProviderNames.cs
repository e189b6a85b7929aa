namespace MarketData.Enrichment.Providers;

/// <summary>The providers' names, as in <c>source</c> columns, metrics and (capitalised or not) settings.</summary>
public static class ProviderNames
{
    /// <summary>Polygon.io: US equities and crypto, needs a key.</summary>
    public const string Polygon = "polygon";

    /// <summary>Binance: crypto, the exchange itself.</summary>
    public const string Binance = "binance";

    /// <summary>Yahoo Finance: equities, indices and crypto, no key.</summary>
    public const string Yahoo = "yahoo";
}
