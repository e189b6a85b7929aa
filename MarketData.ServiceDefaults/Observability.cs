using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.Hosting;

/// <summary>Logs, metrics and traces of a service: to Prometheus when it asks, and over OTLP when there is someone to send to.</summary>
internal static class Observability
{
    // Every meter and activity source of the system's own is named after the project that it is in.
    private const string OwnSources = "MarketData.*";

    /// <summary>Adds OpenTelemetry to the service.</summary>
    public static void AddObservability(this IHostApplicationBuilder builder)
    {
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => Describe(resource, builder.Environment.ApplicationName))
            .WithMetrics(ConfigureMetrics)
            .WithTracing(ConfigureTracing);
        if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            telemetry.UseOtlpExporter();
    }

    private static void ConfigureMetrics(MeterProviderBuilder metrics) => metrics
        .AddMeter(OwnSources, "Polly", "Yarp.ReverseProxy")
        .AddAspNetCoreInstrumentation()
        .AddHttpClientInstrumentation()
        .AddRuntimeInstrumentation()
        .SetExemplarFilter(ExemplarFilterType.TraceBased)
        .AddPrometheusExporter();

    private static void ConfigureTracing(TracerProviderBuilder tracing) => tracing
        .AddSource(OwnSources, "Yarp.ReverseProxy")
        .AddAspNetCoreInstrumentation(options => options.Filter = IsWorthATrace)
        .AddHttpClientInstrumentation();

    private static bool IsWorthATrace(HttpContext context) =>
        !context.Request.Path.StartsWithSegments(ServiceDefaults.HealthPath, StringComparison.OrdinalIgnoreCase)
        && !context.Request.Path.StartsWithSegments(ServiceDefaults.AlivePath, StringComparison.OrdinalIgnoreCase)
        && !context.Request.Path.StartsWithSegments(ServiceDefaults.MetricsPath, StringComparison.OrdinalIgnoreCase);

    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last, so that whoever runs the service has the last word.
    private static void Describe(ResourceBuilder resource, string applicationName) => resource
        .Clear()
        .AddTelemetrySdk()
        .AddService(applicationName, serviceVersion: Version(), autoGenerateServiceInstanceId: true)
        .AddEnvironmentVariableDetector();

    private static string? Version() =>
        Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
}
