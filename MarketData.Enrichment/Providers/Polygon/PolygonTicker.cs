using System.Text.Json.Serialization;
using MarketData.Domain.Instruments;

namespace MarketData.Enrichment.Providers.Polygon;

/// <summary>An answer of <c>/v3/reference/tickers/{ticker}</c>: what is listed under a ticker.</summary>
internal sealed record PolygonTicker([property: JsonPropertyName("results")] PolygonTicker.Listed? Results)
{
    // Shares are told in "usd"; for pairs the name of their second currency is a phrase, and its symbol a code.
    private string? Currency => (Results?.CurrencySymbol ?? Results?.CurrencyName) is { Length: 3 } code ? code.ToUpperInvariant() : null;

    private string? Type => Results?.Market switch
    {
        "crypto" => "CRYPTOCURRENCY",
        "indices" => "INDEX",
        "fx" => "CURRENCY",
        _ => Results?.Type,
    };

    /// <summary>What it tells; null when it tells nothing.</summary>
    public InstrumentFacts? ToFacts() => Results is null ? null : new()
    {
        Provider = PolygonProvider.ProviderName,
        Ticker = Results.Ticker,
        PriceUnit = Currency,
        Name = Results.Name,
        Type = Type,
        ExchangeCode = Results.PrimaryExchange,
        FirstTraded = Results.ListDate,
        LastTraded = Results is { IsActive: false, DelistedAt: { } delisted } ? DateOnly.FromDateTime(delisted.UtcDateTime) : null,
    };

    internal sealed record Listed(
        [property: JsonPropertyName("ticker")] string? Ticker,
        [property: JsonPropertyName("name")] string? Name,
        [property: JsonPropertyName("market")] string? Market,
        [property: JsonPropertyName("primary_exchange")] string? PrimaryExchange,
        [property: JsonPropertyName("type")] string? Type,
        [property: JsonPropertyName("currency_name")] string? CurrencyName,
        [property: JsonPropertyName("currency_symbol")] string? CurrencySymbol,
        [property: JsonPropertyName("list_date")] DateOnly? ListDate,
        [property: JsonPropertyName("active")] bool? IsActive,
        [property: JsonPropertyName("delisted_utc")] DateTimeOffset? DelistedAt);
}
