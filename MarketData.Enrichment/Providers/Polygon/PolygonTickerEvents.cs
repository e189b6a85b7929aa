using System.Text.Json.Serialization;
using MarketData.Domain.Instruments;

namespace MarketData.Enrichment.Providers.Polygon;

/// <summary>An answer of <c>/vX/reference/tickers/{ticker}/events</c>: under which tickers a company was listed, and since when each.</summary>
internal sealed record PolygonTickerEvents([property: JsonPropertyName("results")] PolygonTickerEvents.Company? Results)
{
    /// <summary>The tickers one after another; each holds to the day before the next.</summary>
    public IReadOnlyList<TickerAlias> ToAliases()
    {
        var changes = (Results?.Events ?? [])
            .Where(change => change is { Date: not null, TickerChange.Ticker.Length: > 0 })
            .Select(change => (Day: change.Date!.Value, Ticker: change.TickerChange!.Ticker!))
            .DistinctBy(change => change.Day)
            .OrderBy(change => change.Day)
            .ToList();
        return
        [
            .. changes.Select((change, i) => new TickerAlias(
                PolygonProvider.ProviderName, change.Ticker, change.Day, i + 1 < changes.Count ? changes[i + 1].Day.AddDays(-1) : null,
                AliasSource.TickerEvents)),
        ];
    }

    internal sealed record Company([property: JsonPropertyName("events")] IReadOnlyList<Change>? Events);

    internal sealed record Change(
        [property: JsonPropertyName("date")] DateOnly? Date,
        [property: JsonPropertyName("ticker_change")] Listed? TickerChange);

    internal sealed record Listed([property: JsonPropertyName("ticker")] string? Ticker);
}
