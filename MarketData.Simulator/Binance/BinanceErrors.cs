using System.Globalization;

namespace MarketData.Simulator.Binance;

/// <summary>Binance's error bodies: a negative code and a sentence.</summary>
internal static class BinanceErrors
{
    public static Task InvalidSymbol(HttpContext context) => BadRequest(context, -1121, "Invalid symbol.");

    public static Task InvalidInterval(HttpContext context) => BadRequest(context, -1120, "Invalid interval.");

    public static Task Missing(HttpContext context, string parameter) =>
        BadRequest(context, -1102, $"Mandatory parameter '{parameter}' was not sent, was empty/null, or malformed.");

    public static Task IllegalCharacters(HttpContext context, string parameter, string range) =>
        BadRequest(context, -1100, $"Illegal characters found in parameter '{parameter}'; legal range is '{range}'.");

    public static Task InvalidData(HttpContext context, string parameter) =>
        BadRequest(context, -1130, $"parameter '{parameter}' is invalid.");

    public static Task Unauthorized(HttpContext context) =>
        Write(context, StatusCodes.Status401Unauthorized, -2015, "Invalid API-key, IP, or permissions for action.");

    /// <summary>What the firewall in front of Binance says: 403 and HTML.</summary>
    public static Task Forbidden(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/html";
        return context.Response.WriteAsync("<html>\r\n<head><title>403 Forbidden</title></head>\r\n<body>\r\n<center><h1>403 Forbidden</h1></center>\r\n</body>\r\n</html>\r\n");
    }

    public static Task RestrictedLocation(HttpContext context) => Write(
        context,
        StatusCodes.Status451UnavailableForLegalReasons,
        0,
        "Service unavailable from a restricted location according to 'b. Eligibility' in https://www.binance.com/en/terms. "
        + "Please contact customer service if you believe you received this message in error.");

    public static Task RateLimited(HttpContext context) => Write(
        context,
        StatusCodes.Status429TooManyRequests,
        -1003,
        "Too much request weight used; current limit is 6000 request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.");

    public static Task Banned(HttpContext context, DateTimeOffset until) => Write(
        context,
        StatusCodes.Status418ImATeapot,
        -1003,
        string.Create(
            CultureInfo.InvariantCulture,
            $"Way too much request weight used; IP banned until {until.ToUnixTimeMilliseconds()}. Please use WebSocket Streams for live updates to avoid bans."));

    private static Task BadRequest(HttpContext context, int code, string message) =>
        Write(context, StatusCodes.Status400BadRequest, code, message);

    private static async Task Write(HttpContext context, int status, int code, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json;charset=UTF-8";
        await using var json = WireJson.Writer(context.Response);
        json.WriteStartObject();
        json.WriteNumber("code", code);
        json.WriteString("msg", message);
        json.WriteEndObject();
    }
}
