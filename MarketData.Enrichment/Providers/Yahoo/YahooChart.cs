using System.Text.Json;
using MarketData.Enrichment.Providers.Wire;

namespace MarketData.Enrichment.Providers.Yahoo;

/// <summary>Reads answers of <c>/v8/finance/chart/{symbol}</c>: one array per column, nulls where there is nothing.</summary>
public static class YahooChart
{
    /// <summary>Reads one answer and appends its bars, stamps and split-adjusted figures as sent, to <paramref name="candles"/>.</summary>
    /// <param name="body">The whole body, UTF-8.</param>
    /// <param name="candles">Where the bars go; holds part of the answer after a failure.</param>
    /// <exception cref="JsonException">The body is not a chart.</exception>
    public static YahooPage Parse(ReadOnlySpan<byte> body, CandleBuffer candles)
    {
        ArgumentNullException.ThrowIfNull(candles);
        using var columns = new YahooColumns();
        var page = new YahooPage();
        var document = new WireDocument(body);
        document.ReadObject("The document");
        while (document.ReadProperty())
        {
            // Some refusals come as 'finance' instead of 'chart', otherwise alike.
            if (document.Is("chart"u8) || document.Is("finance"u8))
                ReadChart(ref document, columns, page);
            else
                document.Skip();
        }

        document.ReadEnd();
        page.Rows = columns.AppendTo(candles);
        return page;
    }

    private static void ReadChart(ref WireDocument document, YahooColumns columns, YahooPage page)
    {
        document.ReadObject("chart");
        while (document.ReadProperty())
        {
            if (document.Is("result"u8))
                ReadResults(ref document, columns, page);
            else if (document.Is("error"u8))
                ReadError(ref document, page);
            else
                document.Skip();
        }
    }

    private static void ReadError(ref WireDocument document, YahooPage page)
    {
        if (!document.TryReadObject("chart.error"))
            return;

        page.ErrorCode = "";
        while (document.ReadProperty())
        {
            if (document.Is("code"u8))
                page.ErrorCode = document.ReadText() ?? "";
            else if (document.Is("description"u8))
                page.ErrorDescription = document.ReadText();
            else
                document.Skip();
        }
    }

    private static void ReadResults(ref WireDocument document, YahooColumns columns, YahooPage page)
    {
        if (!document.TryReadArray("chart.result"))
            return;

        while (document.ReadObjectElement("chart.result[0]"))
        {
            if (page.HasResult)
                throw new JsonException("chart.result has more than one element for one symbol.");
            page.HasResult = true;
            ReadResult(ref document, columns, page);
        }
    }

    private static void ReadResult(ref WireDocument document, YahooColumns columns, YahooPage page)
    {
        while (document.ReadProperty())
        {
            if (document.Is("timestamp"u8))
                columns.ReadTimes(ref document);
            else if (document.Is("indicators"u8))
                ReadIndicators(ref document, columns);
            else if (document.Is("events"u8))
                YahooEvents.Read(ref document, page);
            else if (document.Is("meta"u8))
                ReadMeta(ref document, page);
            else
                document.Skip();
        }
    }

    private static void ReadMeta(ref WireDocument document, YahooPage page)
    {
        document.ReadObject("chart.result[0].meta");
        while (document.ReadProperty())
        {
            if (document.Is("dataGranularity"u8))
                page.Granularity = document.ReadText();
            else if (document.Is("currency"u8))
                page.Currency = document.ReadText();
            else if (document.Is("symbol"u8))
                page.Symbol = document.ReadText();
            else if (document.Is("exchangeTimezoneName"u8))
                page.Zone = document.ReadText();
            else if (document.Is("gmtoffset"u8))
                page.GmtOffset = Known(document.ReadNumber(out _));
            else
                ReadDescription(ref document, page);
        }
    }

    private static void ReadDescription(ref WireDocument document, YahooPage page)
    {
        if (document.Is("instrumentType"u8))
            page.InstrumentType = document.ReadText();
        else if (document.Is("exchangeName"u8))
            page.ExchangeName = document.ReadText();
        else if (document.Is("longName"u8))
            page.LongName = document.ReadText();
        else if (document.Is("firstTradeDate"u8))
            page.FirstTrade = Known(document.ReadNumber(out _)) is { } seconds && WireTime.TryFromUnix(seconds, out var first) ? first : null;
        else
            document.Skip();
    }

    private static double? Known(double number) => double.IsFinite(number) ? number : null;

    private static void ReadIndicators(ref WireDocument document, YahooColumns columns)
    {
        document.ReadObject("chart.result[0].indicators");
        while (document.ReadProperty())
        {
            if (!document.Is("quote"u8))
            {
                document.Skip();
                continue;
            }

            if (!document.TryReadArray("chart.result[0].indicators.quote"))
                continue;
            while (document.ReadObjectElement("chart.result[0].indicators.quote[0]"))
                columns.ReadQuote(ref document);
        }
    }
}
