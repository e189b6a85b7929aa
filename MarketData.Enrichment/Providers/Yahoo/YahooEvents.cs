using System.Text.Json;
using MarketData.Enrichment.Providers.Wire;

namespace MarketData.Enrichment.Providers.Yahoo;

/// <summary>Reads the <c>events</c> of a chart: dividends and splits, each an object of events by their time.</summary>
internal static class YahooEvents
{
    public static void Read(ref WireDocument document, YahooPage page)
    {
        if (!document.TryReadObject("events"))
            return;

        page.HasEvents = true;
        while (document.ReadProperty())
        {
            if (document.Is("splits"u8))
                ReadEach(ref document, page, isSplit: true);
            else if (document.Is("dividends"u8))
                ReadEach(ref document, page, isSplit: false);
            else
                document.Skip();
        }
    }

    private static void ReadEach(ref WireDocument document, YahooPage page, bool isSplit)
    {
        document.ReadObject("events by time");
        while (document.ReadProperty())
        {
            document.ReadObject("an event");
            ReadOne(ref document, page, isSplit);
        }
    }

    private static void ReadOne(ref WireDocument document, YahooPage page, bool isSplit)
    {
        var (at, dated, amount, numerator, denominator) = (default(DateTime), false, double.NaN, double.NaN, double.NaN);
        while (document.ReadProperty())
        {
            if (document.Is("date"u8))
                dated = document.TryReadTime(out at);
            else if (document.Is("amount"u8))
                amount = document.ReadNumber();
            else if (document.Is("numerator"u8))
                numerator = document.ReadNumber();
            else if (document.Is("denominator"u8))
                denominator = document.ReadNumber();
            else
                document.Skip();
        }

        if (!dated)
            throw new JsonException("A split or dividend has no date.");
        if (isSplit)
            AddSplit(page, at, denominator, numerator);
        else if (double.IsFinite(amount) && amount > 0)
            page.Dividends.Add((at, amount));
    }

    // A split whose ratio cannot be read leaves the prices before it in an unknown unit: the whole answer is worth nothing.
    private static void AddSplit(YahooPage page, DateTime at, double from, double to)
    {
        if (!double.IsFinite(from / to) || from <= 0 || to <= 0)
            throw new JsonException("A split has no ratio.");
        page.Splits.Add((at, from, to));
    }
}
