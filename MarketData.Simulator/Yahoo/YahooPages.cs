namespace MarketData.Simulator.Yahoo;

/// <summary>Pages that Yahoo's edge servers answer in the chart's place.</summary>
internal static class YahooPages
{
    /// <summary>The page that Europeans are asked for their consent on, or the redirect to it.</summary>
    public static Task Consent(HttpContext context, int status) => Pages.Write(
        context,
        status,
        status == StatusCodes.Status200OK ? "https://consent.yahoo.com/v2/collectConsent?sessionId=3_cc-session" : "https://guce.yahoo.com/consent?brandType=nonEu&gcrumb=abc",
        "Yahoo is part of the Yahoo family of brands");

    /// <summary>The edge's refusal as a page, whatever the status.</summary>
    public static Task Edge(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html";
        return context.Response.WriteAsync("<html><head><title>Edge: Too Many Requests</title></head><body>Edge: Too Many Requests</body></html>");
    }
}
