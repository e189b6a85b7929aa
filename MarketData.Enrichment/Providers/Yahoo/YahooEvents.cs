using MarketData.Enrichment.Providers.Wire;

namespace MarketData.Enrichment.Providers.Yahoo;

/// <summary>Reads the <c>events</c> of a chart: dividends and splits, each an object of events by their time.</summary>
internal static class YahooEvents
{
    private const string Place = "chart.result[0].events";

    public static void Read(ref WireDocument document, YahooPage page)
    {
        if (!document.EnterObject())
        {
            if (!document.IsNull)
                page.Flaws.Add($"{Place} is no object.");
            return;
        }

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
        var place = $"{Place}.{(isSplit ? "splits" : "dividends")}";
        if (!document.EnterObject())
        {
            if (!document.IsNull)
                page.Flaws.Add($"{place} is no object.");
            return;
        }

        while (document.ReadProperty())
            ReadOne(ref document, page, isSplit, $"{place}.{document.Name}");
    }

    // An event that can't be read costs no candle.
    private static void ReadOne(ref WireDocument document, YahooPage page, bool isSplit, string place)
    {
        if (!document.EnterObject())
        {
            page.Flaws.Add($"{place} is no object.");
            return;
        }

        var (at, dated, amount, numerator, denominator) = (default(DateTime), false, double.NaN, double.NaN, double.NaN);
        string? currency = null;
        while (document.ReadProperty())
        {
            var (name, other) = (document.Name, (string?)null);
            if (document.Is("date"u8))
                dated = document.TryReadTime(out at, out other);
            else if (document.Is("amount"u8))
                amount = document.ReadNumber(out other);
            else if (document.Is("numerator"u8))
                numerator = document.ReadNumber(out other);
            else if (document.Is("denominator"u8))
                denominator = document.ReadNumber(out other);
            else if (document.Is("currency"u8))
                currency = document.ReadText();
            else
                document.Skip();
            if (other is not null)
                page.Flaws.Add($"{place}.{name} is {other}.");
        }

        // What cannot be applied is told all the same, and judged with what others tell; what has no date can be told of no day.
        if (!dated)
            return;
        if (isSplit)
            page.Splits.Add((at, Finite(denominator), Finite(numerator)));
        else
            page.Dividends.Add((at, Finite(amount), string.IsNullOrEmpty(currency) ? null : currency));
    }

    private static double Finite(double number) => double.IsFinite(number) ? number : 0;
}
