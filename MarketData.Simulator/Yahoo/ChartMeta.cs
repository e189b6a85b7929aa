using System.Text.Json;
using MarketData.Simulator.Market;

namespace MarketData.Simulator.Yahoo;

/// <summary>The <c>meta</c> of a chart.</summary>
internal static class ChartMeta
{
    private const long PreMarket = 330 * 60;
    private const long PostMarket = 240 * 60;

    /// <summary>Writes it; <paramref name="isOther"/> as that of an instrument of Frankfurt.</summary>
    public static void Write(Utf8JsonWriter json, SimulatedMarket market, ChartSeries series, PriceHistory history, ChartQuery query, bool isOther)
    {
        var listing = history.Listing;
        var latest = series.Latest(history);
        json.WriteStartObject("meta");
        json.WriteString("currency", isOther ? "EUR" : listing.PriceUnit);
        json.WriteString("symbol", WireSymbols.Write(Provider.Yahoo, listing));
        json.WriteString("exchangeName", listing.Venue.Code);
        json.WriteString("fullExchangeName", listing.Venue.Name);
        json.WriteString("instrumentType", InstrumentType(listing.Kind));
        json.WriteNumber("firstTradeDate", FirstTrade(listing) / 1000);
        if (latest is { } session)
        {
            WriteLatest(json, market, series, history, session);
        }

        json.WriteBoolean("hasPrePostMarketData", listing.IsUnitedStatesShare);
        json.WriteString("exchangeTimezoneName", isOther ? "Europe/Berlin" : listing.Venue.Exchange.Zone);
        json.WriteString("longName", listing.Name);
        json.WriteString("shortName", listing.Name);
        json.WriteNumber("priceHint", 2);
        json.WriteString("dataGranularity", query.Interval.Name);
        json.WriteString("range", query.Range);
        json.WriteStartArray("validRanges");
        foreach (var range in ChartQuery.ValidRanges)
        {
            json.WriteStringValue(range);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteLatest(Utf8JsonWriter json, SimulatedMarket market, ChartSeries series, PriceHistory history, in SessionBar session)
    {
        var listing = history.Listing;
        var (open, close) = (session.Day.Opens / 1000, session.Day.Closes / 1000);
        var (zone, offset) = listing.Venue.ClockAt(session.Day.Closes);
        var factor = listing.SplitFactor(session.Day.Date, market.Today);
        json.WriteNumber("gmtoffset", offset);
        json.WriteString("timezone", zone);
        json.WriteNumber("regularMarketTime", series.LastTrade(session) / 1000);
        json.WriteNumber("regularMarketPrice", session.Bar.Close / factor);
        json.WriteNumber("regularMarketDayHigh", session.Bar.High / factor);
        json.WriteNumber("regularMarketDayLow", session.Bar.Low / factor);
        json.WriteNumber("regularMarketVolume", Math.Round(listing.IsCrypto ? session.Bar.Turnover : session.Bar.Volume * factor));
        json.WriteNumber("chartPreviousClose", session.Day.PreviousClose / factor);
        json.WriteStartObject("currentTradingPeriod");
        var extended = listing.IsUnitedStatesShare ? 1 : 0;
        WritePeriod(json, "pre", zone, offset, open - extended * PreMarket, open);
        WritePeriod(json, "regular", zone, offset, open, close);
        WritePeriod(json, "post", zone, offset, close, close + extended * PostMarket);
        json.WriteEndObject();
    }

    private static void WritePeriod(Utf8JsonWriter json, string name, string zone, long offset, long start, long end)
    {
        json.WriteStartObject(name);
        json.WriteString("timezone", zone);
        json.WriteNumber("start", start);
        json.WriteNumber("end", end);
        json.WriteNumber("gmtoffset", offset);
        json.WriteEndObject();
    }

    private static long FirstTrade(Listing listing) => listing.StampOf(TradingHours.Between(listing, listing.HistoryFrom, listing.HistoryFrom.AddDays(14)).First());

    private static string InstrumentType(ListingKind kind) => kind switch
    {
        ListingKind.Etf => "ETF",
        ListingKind.Index => "INDEX",
        ListingKind.Currency => "CURRENCY",
        ListingKind.Crypto => "CRYPTOCURRENCY",
        _ => "EQUITY",
    };
}
