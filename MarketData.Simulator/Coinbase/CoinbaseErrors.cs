namespace MarketData.Simulator.Coinbase;

/// <summary>Coinbase's error bodies: a sentence.</summary>
internal static class CoinbaseErrors
{
    public static Task NotFound(HttpContext context) => Write(context, StatusCodes.Status404NotFound, "NotFound");

    public static Task TooManyCandles(HttpContext context) => BadRequest(
        context, "granularity too small for the requested time range. Count of aggregations requested exceeds 300");

    public static Task NoUserAgent(HttpContext context) => BadRequest(context, "User-Agent header is required.");

    public static Task BadRequest(HttpContext context, string message) => Write(context, StatusCodes.Status400BadRequest, message);

    public static Task Unauthorized(HttpContext context) => Write(context, StatusCodes.Status401Unauthorized, "Unauthorized.");

    public static Task Forbidden(HttpContext context) => Write(context, StatusCodes.Status403Forbidden, "Forbidden");

    public static Task RateLimited(HttpContext context) => Write(context, StatusCodes.Status429TooManyRequests, "Public rate limit exceeded");

    private static async Task Write(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = WireJson.Writer(context.Response);
        json.WriteStartObject();
        json.WriteString("message", message);
        json.WriteEndObject();
    }
}
