using System.Globalization;
using MarketData.Simulator.Alpaca;
using MarketData.Simulator.Binance;
using MarketData.Simulator.Coinbase;
using MarketData.Simulator.Polygon;
using MarketData.Simulator.Yahoo;

namespace MarketData.Simulator;

/// <summary>Each provider's own way to refuse.</summary>
internal static class ProviderErrors
{
    /// <summary>Too many requests.</summary>
    public static Task RateLimited(HttpContext context, Provider provider, TimeSpan? retryAfter)
    {
        SetRetryAfter(context, retryAfter);
        return provider switch
        {
            Provider.Polygon => PolygonErrors.RateLimited(context),
            Provider.Yahoo => YahooErrors.RateLimited(context),
            Provider.Coinbase => CoinbaseErrors.RateLimited(context),
            Provider.Alpaca => AlpacaErrors.RateLimited(context),
            _ => BinanceErrors.RateLimited(context),
        };
    }

    /// <summary>Too many requests, again and again: banned. Only Binance does it; the others go on with 429.</summary>
    public static Task Banned(HttpContext context, Provider provider, TimeSpan? retryAfter, DateTimeOffset until)
    {
        if (provider is not (Provider.Binance or Provider.BinanceFutures))
        {
            return RateLimited(context, provider, retryAfter);
        }

        SetRetryAfter(context, retryAfter);
        return BinanceErrors.Banned(context, until);
    }

    /// <summary>401.</summary>
    public static Task Unauthorized(HttpContext context, Provider provider) => provider switch
    {
        Provider.Polygon => PolygonErrors.UnknownKey(context),
        Provider.Yahoo => YahooErrors.Unauthorized(context),
        Provider.Coinbase => CoinbaseErrors.Unauthorized(context),
        Provider.Alpaca => AlpacaErrors.Unauthorized(context),
        _ => BinanceErrors.Unauthorized(context),
    };

    /// <summary>403.</summary>
    public static Task Forbidden(HttpContext context, Provider provider) => provider switch
    {
        Provider.Polygon => PolygonErrors.NotEntitled(context),
        Provider.Yahoo => YahooErrors.Forbidden(context),
        Provider.Coinbase => CoinbaseErrors.Forbidden(context),
        Provider.Alpaca => AlpacaErrors.Forbidden(context),
        _ => BinanceErrors.Forbidden(context),
    };

    /// <summary>451 to who asks from a country that is not served. Only Binance does it; the others refuse.</summary>
    public static Task RestrictedLocation(HttpContext context, Provider provider) => provider is Provider.Binance or Provider.BinanceFutures
        ? BinanceErrors.RestrictedLocation(context)
        : Forbidden(context, provider);

    /// <summary>The provider's answer for a symbol that it does not know; Polygon's is 200 without results, or 404 where it says so.</summary>
    public static Task UnknownSymbol(HttpContext context, Provider provider, string symbol) => provider switch
    {
        Provider.Polygon => PolygonErrors.NotFound(context, "Data not found."),
        Provider.Yahoo => YahooErrors.NotFound(context),
        Provider.Coinbase => CoinbaseErrors.NotFound(context),
        Provider.Alpaca => AlpacaErrors.InvalidSymbol(context, symbol),
        _ => BinanceErrors.InvalidSymbol(context),
    };

    /// <summary>Nothing where the result belongs, and no error.</summary>
    public static Task NullResult(HttpContext context, Provider provider)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(provider switch
        {
            Provider.Polygon => """{"status":"OK","results":null}""",
            Provider.Yahoo => """{"chart":{"result":null,"error":null}}""",
            Provider.Alpaca => """{"bars":null,"corporate_actions":null,"next_page_token":null}""",
            _ => "null",
        });
    }

    /// <summary>Yahoo's consent page, or the redirect to it; alike for all.</summary>
    public static Task ConsentPage(HttpContext context, int status) => YahooPages.Consent(context, status);

    /// <summary>Yahoo's refusal as a page; alike for all.</summary>
    public static Task EdgePage(HttpContext context, int status) => YahooPages.Edge(context, status);

    private static void SetRetryAfter(HttpContext context, TimeSpan? retryAfter)
    {
        if (retryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }
    }
}
