using System.Text.Json;
using MarketData.Enrichment.Providers.Wire;

namespace MarketData.Enrichment.Providers.Polygon;

/// <summary>Reads answers of <c>/v2/aggs/ticker/{ticker}/range/…</c>.</summary>
public static class PolygonAggregates
{
    /// <summary>Reads one page and appends its bars, stamps as sent, to <paramref name="candles"/>.</summary>
    /// <param name="body">The whole body, UTF-8.</param>
    /// <param name="candles">Where the bars go; holds part of a page after a failure.</param>
    /// <exception cref="JsonException">The body is not a page of aggregates.</exception>
    public static PolygonPage Parse(ReadOnlySpan<byte> body, CandleBuffer candles)
    {
        ArgumentNullException.ThrowIfNull(candles);
        var document = new WireDocument(body);
        document.ReadObject("The document");
        var (ticker, rows, hasResults, status, error, nextUrl) = ((string?)null, 0, false, (string?)null, (string?)null, (string?)null);
        while (document.ReadProperty())
        {
            if (document.Is("results"u8))
            {
                hasResults = document.TryReadArray("results");
                if (hasResults)
                    rows += ReadRows(ref document, candles);
            }
            else if (document.Is("status"u8))
                status = document.ReadText();
            else if (document.Is("error"u8) || document.Is("message"u8))
                error = document.ReadText() ?? error;
            else if (document.Is("ticker"u8))
                ticker = document.ReadText();
            else if (document.Is("next_url"u8))
                nextUrl = document.ReadText();
            else
                document.Skip();
        }

        document.ReadEnd();
        return new PolygonPage(ticker, rows, hasResults, status, error, nextUrl);
    }

    private static int ReadRows(ref WireDocument document, CandleBuffer candles)
    {
        var unreadable = candles.Unreadable;
        var rows = BarRow.ReadAll(ref document, candles, "results");
        candles.ThrowIfNoneReads(rows, unreadable);
        return rows;
    }
}
