namespace MarketData.Enrichment.Providers.Polygon;

/// <summary>One page of Polygon's aggregates without its bars.</summary>
/// <param name="Ticker">The ticker that it is of; null when absent.</param>
/// <param name="Rows">Rows read, whatever became of them.</param>
/// <param name="HasResults">Whether there was a <c>results</c> at all; an empty range has none.</param>
/// <param name="Status"><c>OK</c>, <c>DELAYED</c>, <c>ERROR</c>, <c>NOT_AUTHORIZED</c>, …; null when absent.</param>
/// <param name="Error">The provider's words on an error; null when absent.</param>
/// <param name="NextUrl">Where the next page is; null on the last one. It lacks the key.</param>
public sealed record PolygonPage(string? Ticker, int Rows, bool HasResults, string? Status, string? Error, string? NextUrl);
