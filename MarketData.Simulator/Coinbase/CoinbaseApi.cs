using System.Globalization;
using System.Text.Json;
using MarketData.Simulator.Faults;
using MarketData.Simulator.Market;

namespace MarketData.Simulator.Coinbase;

/// <summary>Coinbase Exchange's pairs and their candles under <c>/coinbase</c>.</summary>
internal static class CoinbaseApi
{
    private const int MaxCandles = 300;
    private const long Minute = 60_000;

    /// <summary>Maps the routes.</summary>
    public static void MapCoinbase(this IEndpointRouteBuilder app)
    {
        app.MapGet("/coinbase/products/{symbol}", GetProduct)
            .WithMetadata(new ProviderEndpoint(Provider.Coinbase, EndpointKind.Product));
        app.MapGet("/coinbase/products/{symbol}/candles", GetCandles)
            .WithMetadata(new ProviderEndpoint(Provider.Coinbase, EndpointKind.Candles));
    }

    private static async Task GetProduct(HttpContext context, string symbol, SimulatedMarket market)
    {
        if (await FindAsync(context, symbol, market) is not { } history)
        {
            return;
        }

        var currencies = symbol.Split('-');
        var isDelisted = history.Listing.IsDelisted(market.Today);
        await using var json = Begin(context);
        json.WriteStartObject();
        json.WriteString("id", symbol);
        json.WriteString("base_currency", currencies[0]);
        json.WriteString("quote_currency", currencies[1]);
        json.WriteString("quote_increment", "0.01");
        json.WriteString("base_increment", "0.00000001");
        json.WriteString("display_name", $"{currencies[0]}/{currencies[1]}");
        json.WriteString("min_market_funds", "1");
        json.WriteBoolean("margin_enabled", false);
        json.WriteBoolean("post_only", false);
        json.WriteBoolean("limit_only", false);
        json.WriteBoolean("cancel_only", false);
        json.WriteString("status", isDelisted ? "delisted" : "online");
        json.WriteString("status_message", "");
        json.WriteBoolean("trading_disabled", isDelisted);
        json.WriteBoolean("fx_stablecoin", false);
        json.WriteString("max_slippage_percentage", "0.02000000");
        json.WriteBoolean("auction_mode", false);
        json.WriteString("high_bid_limit_percentage", "");
        json.WriteEndObject();
    }

    private static async Task GetCandles(HttpContext context, string symbol, SimulatedMarket market, ProductCandles candles)
    {
        if (await FindAsync(context, symbol, market) is not { } history)
        {
            return;
        }

        var query = context.Request.Query;
        if (Length(query["granularity"].ToString()) is not { } length)
        {
            await CoinbaseErrors.BadRequest(context, "Unsupported granularity");
            return;
        }

        var now = market.Now;
        var (start, end) = (now - (MaxCandles - 1) * length, now);
        // Each alone is ignored.
        if (query["start"].ToString() is { Length: > 0 } from && query["end"].ToString() is { Length: > 0 } to)
        {
            if (!TryRead(from, out start) || !TryRead(to, out end))
            {
                await CoinbaseErrors.BadRequest(context, "Invalid time range");
                return;
            }
        }

        (start, end) = (start - start % length, end - end % length);
        if ((end - start) / length > MaxCandles)
        {
            await CoinbaseErrors.TooManyCandles(context);
            return;
        }

        // Both ends are included, so that a range of 300 bars has one more, of which the oldest is left out.
        var (faults, rows) = (AnswerFaults.Of(context), Rows(start, Math.Min(end, now)).TakeLast(MaxCandles).ToList());
        Row? before = faults.Has(FaultKind.PageOverlap) && Rows(start - length, start - 1).ToList() is [var row] ? row : null;
        BarFaults.Apply(rows, faults, new AnswerScene(Provider.Coinbase, length, now, end + length, before));
        await WriteAsync(context, rows);

        IEnumerable<Row> Rows(long from, long to) => candles.Bars(history, length, from, to).Select(bar => new Row { Stamp = bar.Time, Bar = bar });
    }

    private static async Task WriteAsync(HttpContext context, List<Row> rows)
    {
        await using var json = Begin(context);
        json.WriteStartArray();
        foreach (var row in Enumerable.Reverse(rows))
        {
            var bar = row.Bar;
            json.WriteStartArray();
            json.WriteNumberValue(row.Stamp / 1000);
            json.WriteNumber(bar.Low, row.Style);
            json.WriteNumber(bar.High, row.Style);
            json.WriteNumber(bar.Open, row.Style);
            json.WriteNumber(bar.Close, row.Style);
            json.WriteNumber(Math.Round(bar.Volume, 8), row.Style);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static Utf8JsonWriter Begin(HttpContext context)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return WireJson.Writer(context.Response);
    }

    private static async Task<PriceHistory?> FindAsync(HttpContext context, string symbol, SimulatedMarket market)
    {
        var isNamed = context.Request.Headers.UserAgent.ToString().Length > 0;
        if (isNamed && market.TryFind(Provider.Coinbase, symbol, out var history))
        {
            return history;
        }

        await (isNamed ? CoinbaseErrors.NotFound(context) : CoinbaseErrors.NoUserAgent(context));
        return null;
    }

    private static long? Length(string seconds) => seconds switch
    {
        "" or "60" => Minute,
        "300" => 5 * Minute,
        "900" => 15 * Minute,
        "3600" => 60 * Minute,
        "21600" => 360 * Minute,
        "86400" => 1440 * Minute,
        _ => null,
    };

    // ISO 8601 or Unix seconds.
    private static bool TryRead(string text, out long time)
    {
        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            time = seconds * 1000L;
            return true;
        }

        var isRead = DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant);
        time = instant.ToUnixTimeMilliseconds();
        return isRead;
    }
}
