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
        Chart(context, StatusCodes.Status401Unauthorized, "Unauthorized", "Invalid Crumb");

    public static Task RateLimited(HttpContext context) => Edge(context, StatusCodes.Status429TooManyRequests, "Edge: Too Many Requests");

    public static Task Forbidden(HttpContext context) => Edge(context, StatusCodes.Status403Forbidden, "Edge: Forbidden");

    private static Task Edge(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html";
        return context.Response.WriteAsync(text);
    }

    private static async Task Chart(HttpContext context, int status, string code, string description)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json;charset=utf-8";
        await using var json = WireJson.Writer(context.Response);
        json.WriteStartObject();
        json.WriteStartObject("chart");
        json.WriteNull("result");
        json.WriteStartObject("error");
        json.WriteString("code", code);
        json.WriteString("description", description);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
