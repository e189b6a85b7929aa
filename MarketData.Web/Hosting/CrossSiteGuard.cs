namespace MarketData.Web.Hosting;

/// <summary>
/// Keeps pages of other sites from working with the dashboard of their reader: from posting its forms, and from opening a circuit, over which
/// everything is done. What is forwarded the Api judges itself.
/// </summary>
public static class CrossSiteGuard
{
    private const string Circuits = "/_blazor";

    /// <summary>Refuses such requests with 403.</summary>
    public static void UseCrossSiteGuard(this IApplicationBuilder app) => app.Use(static (context, next) =>
        context.Request.PathBase.HasValue && IsMoreThanReading(context.Request) && CrossSite.IsSource(context.Request, [])
            ? TypedResults.Problem(statusCode: StatusCodes.Status403Forbidden, detail: "A page of another site asked for this.").ExecuteAsync(context)
            : next(context));

    private static bool IsMoreThanReading(HttpRequest request) =>
        !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) || request.Path.StartsWithSegments(Circuits);
}
