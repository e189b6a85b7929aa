namespace MarketData.Web.Hosting;

/// <summary>Ends the connections of open pages when the service stops.</summary>
public static class PageConnections
{
    private static readonly PathString Path = "/_blazor";

    /// <summary>
    /// Cuts a page's connection as soon as a stop begins, and one that comes later at once: SignalR closes those that it knows by then, and a
    /// browser that connects again at that very moment would hold the stop up to its end. The page connects again, to another replica.
    /// </summary>
    public static void EndPageConnectionsWithService(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (!context.Request.Path.StartsWithSegments(Path))
        {
            await next(context);
            return;
        }

        await using var ended = app.Lifetime.ApplicationStopping.Register(context.Abort);
        await next(context);
    });
}
