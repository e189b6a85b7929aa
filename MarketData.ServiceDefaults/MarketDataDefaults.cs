using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// What goes beyond Aspire's template: metrics for Prometheus, logs of one line, problem details with a <c>trace_id</c>, health checks as
/// metrics, and the management port.
/// </summary>
internal static class MarketDataDefaults
{
    // Every meter of the system's own is named after the project that it is in.
    private const string OwnMeters = "MarketData.*";
    private const string ReverseProxy = "Yarp.ReverseProxy";

    private static readonly string[] TalkativeLoggers =
        ["Npgsql", "System.Net.Http", "Polly", "Microsoft.AspNetCore", "Microsoft.Hosting.Lifetime", "Microsoft.Extensions.Http", "Yarp"];

    // Prometheus looks every fifteen seconds, and should see what is no older than a third of that.
    private static readonly TimeSpan HealthPeriod = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HealthDelay = TimeSpan.FromSeconds(2);

    /// <summary>Adds it.</summary>
    public static void AddMarketDataDefaults(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => Describe(resource, builder.Environment.ApplicationName))
            .WithMetrics(metrics => metrics.AddMeter(OwnMeters, "Polly", ReverseProxy).SetExemplarFilter(ExemplarFilterType.TraceBased).AddPrometheusExporter())
            // Set in code, it takes precedence over OTEL_TRACES_SAMPLER: the app host sets that to always_on, which records every poll.
            .WithTracing(tracing => tracing
                .AddSource(ReverseProxy)
                .SetSampler(new ParentBasedSampler(new RootSampler(TraceRatio(builder.Configuration)))));
        builder.AddOneLineLogs();
        builder.AddManagementPort();
        // The service's own check comes in its place: OwnHosts.
        builder.Services.Configure<HostFilteringOptions>(options => options.AllowedHosts = ["*"]);
        builder.Services.AddSingleton<IHealthCheckPublisher, HealthMetrics>();
        builder.Services.Configure<HealthCheckPublisherOptions>(options => (options.Delay, options.Period) = (HealthDelay, HealthPeriod));
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = context => ProblemAnswers.Complete(context.ProblemDetails, context.HttpContext));
        builder.Services.AddHostedService<RejectedRequests>();
        // What serves this is nothing that a client needs, and the first thing that an attacker asks.
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddSettings<ResponseRateOptions>(builder.Configuration.GetSection(ResponseRateOptions.Section));
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<ResponseRateOptions>>(static (kestrel, rate) =>
            kestrel.Limits.MinResponseDataRate = new MinDataRate(rate.Value.BytesPerSecond, TimeSpan.FromSeconds(rate.Value.GraceSeconds)));
    }

    private static void AddManagementPort(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSettings<ManagementOptions>(builder.Configuration.GetSection(ManagementOptions.Section));
        builder.Services.AddSingleton<IValidateOptions<ManagementOptions>, ManagementValidation>();
        builder.Services.AddSingleton<ManagementPort>();
        builder.Services.AddSingleton<HealthDetails>();
        builder.Services.AddSingleton<MatcherPolicy, PortRequirementPolicy>();
    }

    // As the SDK reads it for its own samplers: what is no ratio counts as 1.
    private static double TraceRatio(IConfiguration configuration) =>
        double.TryParse(configuration["OTEL_TRACES_SAMPLER_ARG"], CultureInfo.InvariantCulture, out var ratio) && ratio is >= 0 and <= 1
            ? ratio
            : 1;

    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last, so that whoever runs the service has the last word.
    private static void Describe(ResourceBuilder resource, string applicationName) => resource
        .Clear()
        .AddTelemetrySdk()
        .AddService(applicationName, serviceVersion: Version(), autoGenerateServiceInstanceId: true)
        .AddEnvironmentVariableDetector();

    private static string? Version() =>
        Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;

    // What each statement and request does is in the traces; the logs are for people.
    private static void AddOneLineLogs(this IHostApplicationBuilder builder)
    {
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
        foreach (var talkative in TalkativeLoggers)
            builder.Logging.AddFilter(talkative, LogLevel.Warning);
        // Whoever asks for a service's health gets the answer; a probe that comes every second need not fill the log with it.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);
    }
}
