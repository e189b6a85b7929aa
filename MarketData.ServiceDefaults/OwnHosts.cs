using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// Refuses requests for a host that is none of the service's. A page of another site can have its own name lead to this machine (DNS
/// rebinding), and would then be, for the browser, a page of this service; but the request names that site as its host.
/// </summary>
/// <remarks>
/// ASP.NET's own host filter reads the same setting, and is put aside by <see cref="MarketDataDefaults"/>: it knows no management port, where
/// probes and Prometheus ask by address.
/// </remarks>
public static partial class OwnHosts
{
    private const string Setting = "AllowedHosts";
    private const string Any = "*";

    private static readonly string[] Loopback = ["localhost", "*.localhost", "127.0.0.1", "[::1]"];

    /// <summary>
    /// Refuses with 400 what is not for a host in <c>AllowedHosts</c>. Where that is not set every host will do; in Development this machine alone,
    /// and the service's name in service discovery. Comes before whatever takes a proxy's word for the host.
    /// </summary>
    public static IApplicationBuilder UseOwnHosts(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var services = app.ApplicationServices;
        var hosts = Hosts(services.GetRequiredService<IConfiguration>(), services.GetRequiredService<IHostEnvironment>());
        if (hosts.Contains(Any))
            return app;
        var management = services.GetRequiredService<ManagementPort>();
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(OwnHosts));
        return app.Use((context, next) =>
        {
            // Browsers name a host in every request; without one it is HTTP/1.0, such as a proxy's health check.
            var host = context.Request.Headers.Host.ToString();
            if (host.Length == 0 || management.Received(context) || HostString.MatchesAny(host, hosts))
                return next(context);
            LogRefused(logger, host);
            return ProblemAnswers.WriteAsync(context, ProblemCodes.UnknownHost, "The host of this request is none of this service's.");
        });
    }

    private static List<StringSegment> Hosts(IConfiguration configuration, IHostEnvironment environment)
    {
        var configured = configuration[Setting]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        if (configured.Length > 0)
            return [.. configured];
        return environment.IsDevelopment() ? [.. Loopback, ServiceName(environment)] : [Any];
    }

    // MarketData.Api is the resource api of the app host.
    private static string ServiceName(IHostEnvironment environment) => environment.ApplicationName.Split('.')[^1].ToLowerInvariant();

    [LoggerMessage(LogLevel.Warning, "Refused a request for the host {Host}. If this service is reached by that name, add it to AllowedHosts")]
    private static partial void LogRefused(ILogger logger, string host);
}
