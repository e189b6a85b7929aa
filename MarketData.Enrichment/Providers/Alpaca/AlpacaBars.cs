using System.Text.Json;
using MarketData.Enrichment.Providers.Wire;

namespace MarketData.Enrichment.Providers.Alpaca;

/// <summary>
/// Reads answers of <c>/v2/stocks/bars</c>: <c>{"bars":{"AAPL":[{"t":"2024-01-03T05:00:00Z",…}]},"next_page_token":null,"currency":"USD"}</c>.
/// A symbol without bars in the range is not in them.
/// </summary>
public static class AlpacaBars
{
    /// <summary>Reads one page and appends its bars, stamps as sent, to the buffers of their symbols.</summary>
    /// <param name="body">The whole body, UTF-8.</param>
    /// <param name="buffers">Where the bars of each symbol that was asked for go; they hold part of a page after a failure.</param>
    /// <exception cref="JsonException">The body is not a page of bars.</exception>
    public static AlpacaPage Parse(ReadOnlySpan<byte> body, IReadOnlyDictionary<string, CandleBuffer> buffers)
    {
        ArgumentNullException.ThrowIfNull(buffers);
        var document = new WireDocument(body);
        document.ReadObject("The document");
        var (currency, token, hasBars) = ((string?)null, (string?)null, false);
        var (others, unreadable) = (new List<string>(), new Dictionary<string, string>());
        while (document.ReadProperty())
        {
            if (document.Is("bars"u8))
            {
                hasBars = true;
                if (document.TryReadObject("bars"))
                    ReadSymbols(ref document, buffers, others, unreadable);
            }
            else if (document.Is("currency"u8))
                currency = document.ReadText();
            else if (document.Is("next_page_token"u8))
                token = document.ReadText();
            else
                document.Skip();
        }

        document.ReadEnd();
        if (!hasBars)
            throw new JsonException("there are no bars in it.");
        return new AlpacaPage(currency, string.IsNullOrEmpty(token) ? null : token, others, unreadable);
    }

    private static void ReadSymbols(
        ref WireDocument document, IReadOnlyDictionary<string, CandleBuffer> buffers, List<string> others, Dictionary<string, string> unreadable)
    {
        while (document.ReadProperty())
        {
            var symbol = document.Name;
            if (!buffers.TryGetValue(symbol, out var candles))
            {
                others.Add(symbol);
                document.Skip();
                continue;
            }

            var (place, before) = ($"bars.{symbol}", candles.Unreadable);
            if (document.TryReadArray(place) && candles.FlawOfAll(BarRow.ReadAll(ref document, candles, place), before) is { } flaw)
                unreadable[symbol] = flaw;
        }
    }
}
