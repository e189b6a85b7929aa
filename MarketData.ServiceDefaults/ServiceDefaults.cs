using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every service of the system has in common; each calls it once while building and once while mapping.</summary>
public static class ServiceDefaults
{
    internal const string HealthPath = "/health";
    internal const string AlivePath = "/alive";
    internal const string MetricsPath = "/metrics";
    private const string LiveTag = "live";

    // Prometheus looks every fifteen seconds.
    private static readonly TimeSpan HealthPeriod = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan HealthDelay = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Adds OpenTelemetry, health checks, service discovery, problem details with a <c>trace_id</c>, and the standard resilience for
    /// HTTP clients that call the system's own services. A client with a pipeline of its own, such as a provider's, takes the standard
    /// one off with <c>RemoveAllResilienceHandlers()</c> before it adds its own.
    /// </summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.AddObservability();
        builder.AddOneLineLogs();
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag]);
        builder.Services.AddSingleton<IHealthCheckPublisher, HealthMetrics>();
        builder.Services.Configure<HealthCheckPublisherOptions>(options => (options.Delay, options.Period) = (HealthDelay, HealthPeriod));
        // What serves this is nothing that a client needs, and the first thing that an attacker asks.
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            // A trigger or a key that was sent twice would be two of them.
            http.AddStandardResilienceHandler(options => options.Retry.DisableForUnsafeHttpMethods());
            http.AddServiceDiscovery();
        });
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = Complete);
        return builder;
    }

    /// <summary>
    /// Maps <c>/alive</c> (the process runs), <c>/health</c> (it can do its work) and <c>/metrics</c> (for Prometheus). The first two
    /// answer a single word, so a stranger learns nothing of what is inside.
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealthChecks(HealthPath).DisableHttpMetrics();
        app.MapHealthChecks(AlivePath, new HealthCheckOptions { Predicate = check => check.Tags.Contains(LiveTag) }).DisableHttpMetrics();
        app.MapPrometheusScrapingEndpoint(MetricsPath).DisableHttpMetrics();
        return app;
    }

    // What each statement and request does is in the traces; the logs are for people.
    private static void AddOneLineLogs(this IHostApplicationBuilder builder)
    {
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
        foreach (var talkative in (string[])["Npgsql", "System.Net.Http", "Polly", "Quartz", "Microsoft.AspNetCore", "Microsoft.Hosting.Lifetime", "Microsoft.Extensions.Http", "Yarp"])
            builder.Logging.AddFilter(talkative, LogLevel.Warning);
        // Its warning that keys at rest are not encrypted comes with every start; cookies are all that they protect here.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        // Whoever asks for a service's health gets the answer; a probe that comes every second need not fill the log with it.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);
    }

    private static void Complete(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        problem.Instance ??= context.HttpContext.Request.Path;
        // The framework's own name for it is not in the style of the rest.
        problem.Extensions.Remove("traceId");
        problem.Extensions["trace_id"] = Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;
    }
}
