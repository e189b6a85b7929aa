using System.Net.Mime;
using System.Security.Claims;
using System.Text;
using MarketData.Web.Api;
using MarketData.Web.Live;
using MarketData.Web.Operators;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;

namespace MarketData.Web.Hosting;

/// <summary>
/// The one public address: the dashboard under <see cref="Dashboard"/>, and of the Api nothing but the paths named here.
/// </summary>
public static class FrontDoor
{
    /// <summary>Where the dashboard lives.</summary>
    public const string Dashboard = "/dashboard";

    private const string ApiCluster = "api";
    private const string PagesCluster = "pages";
    private const string EventsCluster = "events";
    private const string PageHeader = "X-Dashboard-Page";
    private const string Metrics = "/metrics";
    private const string RetrySeconds = "5";

    private const string Events = "/api/v1/enrichment/events";

    private static readonly PathString[] Forwarded = ["/api", "/openapi", "/scalar", "/health"];

    // Answered by this process, of itself; at the management port there is nothing else.
    private static readonly PathString[] Own = ["/alive", "/health", Metrics];

    // What errors mean: also while the Api, which has the same pages, is down.
    private static readonly PathString Problems = ProblemCode.Address;

    // What a chart or a download asks of the Api from the browser.
    private static readonly PathString[] OfPages = ["/api/v1/historical", "/api/v1/features"];

    // Reads only: a session cookie never carries an action through.
    private static readonly PathString[] ReadableWithSession = [.. OfPages, Events, "/openapi", "/scalar"];

    // How a request of a page is told from a caller's. Browsers send the first by TLS and on this machine; to claim either gains no more than
    // the budget that a page has.
    private static readonly RouteHeader[] SignsOfPage =
    [
        new() { Name = "Sec-Fetch-Site", Values = ["same-origin"], Mode = HeaderMatchMode.ExactHeader },
        new() { Name = "Cookie", Values = [OperatorRegistration.Cookie + "="], Mode = HeaderMatchMode.Contains },
    ];

    private static readonly RouteHeader WithoutKey = new() { Name = OperatorSession.KeyHeader, Mode = HeaderMatchMode.NotExists };

    /// <summary>
    /// Registers the forwarder to the Api, found through service discovery. Requests of the dashboard's pages go where the dashboard's own go,
    /// so that they take nothing from the budget that their address has as a caller.
    /// </summary>
    public static IServiceCollection AddFrontDoor(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddReverseProxy()
            .LoadFromMemory(
                [.. RoutesOfPages(), RouteOfEvents, .. Forwarded.Select(RouteOfCallers)],
                [
                    Cluster(ApiCluster, PublicApi), Cluster(PagesCluster, ApiClients.Address(configuration)),
                    Cluster(EventsCluster, PublicApi) with { HttpRequest = new() { ActivityTimeout = EventStreamReader.LongestSilence } },
                ])
            .ConfigureHttpClient((_, handler) => ApiSockets.Configure(handler))
            .AddServiceDiscoveryDestinationResolver()
            .AddTransforms(context =>
            {
                // In place of what the caller says of itself, which the Api would believe of this service.
                context.AddXForwarded(ForwardedTransformActions.Set);
                context.AddRequestTransform(AttachOperatorKeyAsync);
                context.AddResponseTransform(EndStreamWithServiceAsync);
            });
        return services;
    }

    /// <summary>
    /// Sends <c>/</c> to the dashboard, opens the named paths, and answers 404 for everything else. At the management port this process tells
    /// of itself, and nothing is forwarded.
    /// </summary>
    public static void UseFrontDoor(this WebApplication app)
    {
        var management = app.Services.GetRequiredService<ManagementPort>();
        app.Use((context, next) =>
        {
            var path = context.Request.Path;
            var atManagementPort = management.Received(context);
            if (!atManagementPort && (path == "/" || path == Dashboard))
            {
                context.Response.Redirect(Dashboard + "/");
                return Task.CompletedTask;
            }

            if (!IsOpen(path, atManagementPort) || (path == Metrics && !management.ShowsMetrics(context)))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }

            return next(context);
        });
        app.UsePathBase(Dashboard);
    }

    /// <summary>
    /// Tells what keeps the Api from answering as the Api tells of errors, and not as a page; what it has answered goes through as it is. Comes
    /// after the pages of the dashboard's own errors.
    /// </summary>
    public static void UseForwardedErrors(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        await next(context);
        var response = context.Response;
        if (!IsForwarded(context.Request.Path) || context.Request.PathBase.HasValue || response.HasStarted || response.StatusCode < StatusCodes.Status400BadRequest)
            return;
        if (response.StatusCode >= StatusCodes.Status502BadGateway)
            response.Headers.RetryAfter = RetrySeconds;
        await ProblemAnswers.WriteAsync(context, ProblemCodes.OfStatus(response.StatusCode));
    });

    // A request may carry both signs: the order of their routes differs, so that it matches one.
    private static IEnumerable<RouteConfig> RoutesOfPages() =>
        from path in OfPages
        from sign in SignsOfPage.Index()
        select new RouteConfig
        {
            RouteId = $"{sign.Item.Name} {path}",
            ClusterId = PagesCluster,
            Order = -2 - sign.Index,
            Match = new RouteMatch { Path = path + "/{**rest}", Methods = [HttpMethods.Get], Headers = [sign.Item, WithoutKey] },
        }.WithTransformRequestHeader(PageHeader, "1", append: false);

    private static Uri PublicApi => new("https+http://api");

    // A stream that was lost on the way would stay open and silent: it is ended, so that whoever listens connects again.
    private static RouteConfig RouteOfEvents => new()
    {
        RouteId = EventsCluster,
        ClusterId = EventsCluster,
        Order = -2,
        Match = new RouteMatch { Path = Events },
    };

    private static RouteConfig RouteOfCallers(PathString path) => new()
    {
        RouteId = path.Value!.TrimStart('/'),
        ClusterId = ApiCluster,
        // Before this process' own health endpoint: without the Api there is nothing to show.
        Order = -1,
        Match = new RouteMatch { Path = path + "/{**rest}" },
    };

    private static ClusterConfig Cluster(string id, Uri address) => new()
    {
        ClusterId = id,
        // As Kestrel reads them: a header with letters outside ASCII would else not be sent on, as though the Api could not be reached.
        HttpClient = new HttpClientConfig { RequestHeaderEncoding = Encoding.UTF8.WebName },
        Destinations = new Dictionary<string, DestinationConfig> { [id] = new() { Address = address.OriginalString } },
    };

    private static bool IsOpen(PathString path, bool atManagementPort) =>
        Own.Contains(path) || (!atManagementPort && (IsForwarded(path) || path.StartsWithSegments(Problems)
            || (path.StartsWithSegments(Dashboard, out var inside) && !IsForwarded(inside) && !inside.StartsWithSegments(Problems))));

    private static bool IsForwarded(PathString path) => Array.Exists(Forwarded, prefix => path.StartsWithSegments(prefix));

    private static async ValueTask AttachOperatorKeyAsync(RequestTransformContext context)
    {
        context.ProxyRequest.Headers.Remove("Cookie");
        var request = context.HttpContext.Request;
        if (!HttpMethods.IsGet(request.Method) || request.Headers.ContainsKey(OperatorSession.KeyHeader)
            || !Array.Exists(ReadableWithSession, prefix => request.Path.StartsWithSegments(prefix)))
            return;

        var session = await context.HttpContext.AuthenticateAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        if (session.Principal?.FindFirstValue(OperatorSession.KeyClaim) is { } key)
            context.ProxyRequest.Headers.Add(OperatorSession.KeyHeader, key);
    }

    // An event stream has no end to wait for: whoever listens connects again, to another replica. Exports are waited for.
    private static ValueTask EndStreamWithServiceAsync(ResponseTransformContext context)
    {
        if (context.ProxyResponse?.Content.Headers.ContentType?.MediaType != MediaTypeNames.Text.EventStream)
            return ValueTask.CompletedTask;
        var http = context.HttpContext;
        var lifetime = http.RequestServices.GetRequiredService<IHostApplicationLifetime>();
        http.Response.RegisterForDispose(lifetime.ApplicationStopping.Register(http.Abort));
        return ValueTask.CompletedTask;
    }
}
