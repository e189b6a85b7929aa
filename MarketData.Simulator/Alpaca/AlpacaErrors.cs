namespace MarketData.Simulator.Alpaca;

/// <summary>Alpaca's error bodies.</summary>
internal static class AlpacaErrors
{
    /// <summary>What the server in front of it answers to a key that it does not know, or to none.</summary>
    public static Task Unauthorized(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.ContentType = "text/html";
        return context.Response.WriteAsync(
            "<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n"
            + "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n");
    }

    public static Task Forbidden(HttpContext context) => Write(context, StatusCodes.Status403Forbidden, "forbidden.");

    /// <summary>What the free plan is answered about the last fifteen minutes of all exchanges.</summary>
    public static Task TooRecent(HttpContext context) =>
        Write(context, StatusCodes.Status403Forbidden, "subscription does not permit querying recent SIP data");

    public static Task BadRequest(HttpContext context, string message) => Write(context, StatusCodes.Status400BadRequest, message);

    public static Task InvalidSymbol(HttpContext context, string symbol) => BadRequest(context, $"invalid symbol: {symbol}");

    public static Task RateLimited(HttpContext context) => Write(context, StatusCodes.Status429TooManyRequests, "too many requests.");

    private static async Task Write(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=UTF-8";
        await using var json = WireJson.Writer(context.Response);
        json.WriteStartObject();
        json.WriteString("message", message);
        json.WriteEndObject();
    }
}
