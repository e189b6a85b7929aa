namespace MarketData.Simulator.Polygon;

/// <summary>Polygon's error bodies.</summary>
internal static class PolygonErrors
{
    public static Task MissingKey(HttpContext context) => Error(context, StatusCodes.Status401Unauthorized, "API Key was not provided");

    public static Task UnknownKey(HttpContext context) => Error(context, StatusCodes.Status401Unauthorized, "Unknown API Key");

    public static Task NotEntitled(HttpContext context) => Write(
        context,
        StatusCodes.Status403Forbidden,
        "NOT_AUTHORIZED",
        "message",
        "You are not entitled to this data. Please upgrade your plan at https://polygon.io/pricing");

    public static Task NotInPlan(HttpContext context) => Write(
        context,
        StatusCodes.Status403Forbidden,
        "NOT_AUTHORIZED",
        "message",
        "Your plan doesn't include this data timeframe. Please upgrade your plan at https://polygon.io/pricing");

    public static Task NotFound(HttpContext context, string message) =>
        Write(context, StatusCodes.Status404NotFound, "NOT_FOUND", "message", message);

    public static Task BadRequest(HttpContext context, string error) => Error(context, StatusCodes.Status400BadRequest, error);

    public static Task RateLimited(HttpContext context) => Error(
        context,
        StatusCodes.Status429TooManyRequests,
        "You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue. https://polygon.io/pricing");

    /// <summary>A new request id, 32 hexadecimal digits.</summary>
    public static string RequestId() => Guid.NewGuid().ToString("N");

    private static Task Error(HttpContext context, int status, string error) => Write(context, status, "ERROR", "error", error);

    private static async Task Write(HttpContext context, int httpStatus, string status, string field, string text)
    {
        context.Response.StatusCode = httpStatus;
        context.Response.ContentType = "application/json";
        await using var json = WireJson.Writer(context.Response);
        json.WriteStartObject();
        json.WriteString("status", status);
        json.WriteString("request_id", RequestId());
        json.WriteString(field, text);
        json.WriteEndObject();
    }
}
