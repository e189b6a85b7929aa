using System.Globalization;
using MarketData.Simulator.Market;

namespace MarketData.Simulator.Polygon;

/// <summary>What Polygon tells of tickers: <c>/vX/reference/tickers/{ticker}/events</c>.</summary>
internal static class PolygonTickers
{
    /// <summary>The tickers that a company was listed under, the present one first.</summary>
    public static async Task GetEvents(HttpContext context, string ticker, SimulatedMarket market)
    {
        var present = TickerTimeline.PresentOf(ticker);
        if (!market.TryFind(Provider.Polygon, present, out var history) || history.Listing.IsCrypto)
        {
            await PolygonErrors.NotFound(context);
            return;
        }

        var changes = TickerTimeline.Of(present).DefaultIfEmpty((Ticker: present, Since: history.Listing.FirstDay));
        context.Response.ContentType = "application/json";
        await using var json = WireJson.Writer(context.Response);
        json.WriteStartObject();
        json.WriteStartObject("results");
        json.WriteString("name", history.Listing.Name);
        json.WriteStartArray("events");
        foreach (var (name, since) in changes)
        {
            json.WriteStartObject();
            json.WriteStartObject("ticker_change");
            json.WriteString("ticker", name);
            json.WriteEndObject();
            json.WriteString("type", "ticker_change");
            json.WriteString("date", since.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteString("status", "OK");
        json.WriteString("request_id", PolygonErrors.RequestId());
        json.WriteEndObject();
    }
}
