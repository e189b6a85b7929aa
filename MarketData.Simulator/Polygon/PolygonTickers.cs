using System.Globalization;
using System.Text.Json;
using MarketData.Simulator.Market;

namespace MarketData.Simulator.Polygon;

/// <summary>What Polygon tells of tickers: <c>/v3/reference/tickers/{ticker}</c> and <c>/vX/reference/tickers/{ticker}/events</c>.</summary>
internal static class PolygonTickers
{
    /// <summary>Whose ticker it is, or was last.</summary>
    public static async Task GetDetails(HttpContext context, string ticker, SimulatedMarket market)
    {
        if (TickerTimeline.Companies(market, ticker) is not [.., var history])
        {
            await PolygonErrors.NotFound(context, "Ticker not found.");
            return;
        }

        await WriteAsync(context, json => WriteDetails(json, ticker, history.Listing, market.Today));
    }

    /// <summary>The tickers that a company was listed under, the present one first.</summary>
    public static async Task GetEvents(HttpContext context, string ticker, SimulatedMarket market)
    {
        if (TickerTimeline.Companies(market, ticker) is not [.., var history] || history.Listing.IsCrypto)
        {
            await PolygonErrors.NotFound(context, "Data not found.");
            return;
        }

        await WriteAsync(context, json => WriteEvents(json, ticker, history.Listing));
    }

    private static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> writeResults)
    {
        context.Response.ContentType = "application/json";
        await using var json = WireJson.Writer(context.Response);
        json.WriteStartObject();
        json.WriteStartObject("results");
        writeResults(json);
        json.WriteEndObject();
        json.WriteString("status", "OK");
        json.WriteString("request_id", PolygonErrors.RequestId());
        json.WriteEndObject();
    }

    private static void WriteDetails(Utf8JsonWriter json, string ticker, Listing listing, DateOnly today)
    {
        // A ticker that the company gave up is as gone as one of a company that is gone.
        var renamed = listing.Tickers.FirstOrDefault(change => change.Since > listing.Tickers.Last(one => one.Ticker == ticker).Since)?.Since.AddDays(-1);
        var ended = renamed ?? (listing.IsDelisted(today) ? listing.LastDay : null);
        json.WriteString("ticker", ticker);
        json.WriteString("name", listing.Name);
        json.WriteString("market", listing.IsCrypto ? "crypto" : "stocks");
        json.WriteString("locale", listing.IsCrypto ? "global" : "us");
        if (!listing.IsCrypto)
        {
            json.WriteString("primary_exchange", PrimaryExchange(listing.Venue));
            json.WriteString("type", listing.Kind == ListingKind.Etf ? "ETF" : "CS");
        }

        json.WriteBoolean("active", ended is null);
        json.WriteString("currency_name", "usd");
        json.WriteString("list_date", Date(listing.FirstDay));
        if (ended is { } last)
        {
            json.WriteString("delisted_utc", Date(last) + "T00:00:00Z");
        }
    }

    private static void WriteEvents(Utf8JsonWriter json, string ticker, Listing listing)
    {
        json.WriteString("name", listing.Name);
        json.WriteStartArray("events");
        foreach (var change in listing.Tickers.Reverse().DefaultIfEmpty(new ListedTicker(ticker, listing.FirstDay)))
        {
            json.WriteStartObject();
            json.WriteStartObject("ticker_change");
            json.WriteString("ticker", change.Ticker);
            json.WriteEndObject();
            json.WriteString("type", "ticker_change");
            json.WriteString("date", Date(change.Since));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string PrimaryExchange(Venue venue) =>
        venue == Venue.NewYork ? "XNYS" : venue == Venue.Arca ? "ARCX" : "XNAS";

    private static string Date(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
