namespace MarketData.Simulator.Yahoo;

/// <summary>Yahoo's errors: <c>chart.error</c> from the chart service itself, plain text from the edge before it.</summary>
internal static class YahooErrors
{
    public static Task NotFound(HttpContext context) =>
        Chart(context, StatusCodes.Status404NotFound, "Not Found", "No data found, symbol may be delisted");

    public static Task BadRequest(HttpContext context, string description) =>
        Chart(context, StatusCodes.Status400BadRequest, "Bad Request", description);

    public static Task Unprocessable(HttpContext context, string description) =>
        Chart(context, StatusCodes.Status422UnprocessableEntity, "Unprocessable Entity", description);

    public static Task Unauthorized(HttpContext context) =>
        Unauthorized(context, "User is unable to access this feature - https://bit.ly/yahoo-finance-api-feedback", "chart");

    public static Task Unauthorized(HttpContext context, string description, string service) =>
        Error(context, StatusCodes.Status401Unauthorized, "Unauthorized", description, service);

    public static Task RateLimited(HttpContext context) => Edge(context, StatusCodes.Status429TooManyRequests, "Edge: Too Many Requests");

    public static Task Forbidden(HttpContext context) => Edge(context, StatusCodes.Status403Forbidden, "Edge: Forbidden");

    private static Task Edge(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html";
        return context.Response.WriteAsync(text);
    }

    private static Task Chart(HttpContext context, int status, string code, string description) =>
        Error(context, status, code, description, "chart");

    private static async Task Error(HttpContext context, int status, string code, string description, string service)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json;charset=utf-8";
        await using var json = WireJson.Writer(context.Response);
        json.WriteStartObject();
        json.WriteStartObject(service);
        json.WriteNull("result");
        json.WriteStartObject("error");
        json.WriteString("code", code);
        json.WriteString("description", description);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
