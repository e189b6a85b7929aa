using MarketData.Simulator.Market;

namespace MarketData.Simulator.Binance;

/// <summary>What Binance tells of a pair: <c>/api/v3/exchangeInfo</c> with <c>symbol</c>; the list of all pairs is not played.</summary>
internal static class ExchangeInfo
{
    private const int Decimals = 8;

    /// <summary>Answers for one pair.</summary>
    public static async Task Get(HttpContext context, SimulatedMarket market)
    {
        if (await BinanceQuery.ReadAsync(context, Provider.Binance, null, defaultLimit: 1, maxLimit: 1) is not { } query)
        {
            return;
        }

        context.Response.ContentType = "application/json;charset=UTF-8";
        await using var json = WireJson.Writer(context.Response);
        json.WriteStartObject();
        json.WriteString("timezone", "UTC");
        json.WriteNumber("serverTime", market.Now);
        json.WriteStartArray("rateLimits");
        json.WriteEndArray();
        json.WriteStartArray("exchangeFilters");
        json.WriteEndArray();
        json.WriteStartArray("symbols");
        json.WriteStartObject();
        json.WriteString("symbol", query.Symbol);
        json.WriteString("status", "TRADING");
        json.WriteString("baseAsset", query.Symbol[..^4]);
        json.WriteNumber("baseAssetPrecision", Decimals);
        json.WriteString("quoteAsset", query.Symbol[^4..]);
        json.WriteNumber("quotePrecision", Decimals);
        json.WriteBoolean("isSpotTradingAllowed", true);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
