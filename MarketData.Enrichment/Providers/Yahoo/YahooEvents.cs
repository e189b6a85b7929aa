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

        // What cannot be applied is told all the same, and judged with what others tell; what has no date can be told of no day.
        if (!dated)
            return;
        if (isSplit)
            page.Splits.Add((at, Finite(denominator), Finite(numerator)));
        else
            page.Dividends.Add((at, Finite(amount)));
    }

    private static double Finite(double number) => double.IsFinite(number) ? number : 0;
}
