using System.Net.Mime;
using System.Security.Claims;
using MarketData.Web.Api;
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
    private const string Metrics = "/metrics";

    private static readonly PathString[] Forwarded = ["/api", "/openapi", "/scalar", "/health"];

    // Answered by this process, of itself; at the management port there is nothing else.
    private static readonly PathString[] Own = ["/alive", "/health", Metrics];

    // What a chart or a download asks of the Api from the browser. Reads only: a session cookie never carries an action through.
    private static readonly PathString[] ReadableWithSession = ["/api/v1/historical", "/api/v1/features"];

    /// <summary>Registers the forwarder to the Api, found through service discovery.</summary>
    public static IServiceCollection AddFrontDoor(this IServiceCollection services)
    {
        services.AddReverseProxy()
            .LoadFromMemory(
                [.. Forwarded.Select(path => new RouteConfig
                {
                    RouteId = path.Value!.TrimStart('/'),
                    ClusterId = ApiCluster,
                    // Before this process' own health endpoint: without the Api there is nothing to show.
                    Order = -1,
                    Match = new RouteMatch { Path = path + "/{**rest}" },
                })],
                [
                    new ClusterConfig
                    {
                        ClusterId = ApiCluster,
                        Destinations = new Dictionary<string, DestinationConfig> { ["api"] = new() { Address = "https+http://api" } },
                    },
                ])
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

    private static bool IsOpen(PathString path, bool atManagementPort) =>
        Own.Contains(path) || (!atManagementPort
            && (IsForwarded(path) || (path.StartsWithSegments(Dashboard, out var inside) && !IsForwarded(inside))));

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
