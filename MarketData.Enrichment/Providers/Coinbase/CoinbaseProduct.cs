using System.Text.Json.Serialization;
using MarketData.Domain.Instruments;

namespace MarketData.Enrichment.Providers.Coinbase;

/// <summary>An answer of <c>/products/{id}</c>: a pair that is, or was, traded. One that is no more has the status <c>delisted</c>.</summary>
internal sealed record CoinbaseProduct(
    [property: JsonPropertyName("id")] string? Id,
    [property: JsonPropertyName("quote_currency")] string? QuoteCurrency)
{
    /// <summary>What it tells of the pair.</summary>
    public InstrumentFacts ToFacts() => new()
    {
        Provider = CoinbaseProvider.ProviderName,
        Ticker = Id,
        PriceUnit = QuoteCurrency,
        Type = "CRYPTOCURRENCY",
        ExchangeCode = "Coinbase",
    };
}
