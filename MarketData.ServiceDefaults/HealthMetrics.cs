using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// Shows the health checks of a service as the gauge <c>marketdata.health.status</c>, so that an alert can tell why a service is not well.
/// </summary>
internal sealed class HealthMetrics : IHealthCheckPublisher
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "MarketData.ServiceDefaults";

    private volatile HealthReport? _latest;

    /// <summary>Creates the gauge.</summary>
    public HealthMetrics(IMeterFactory meters) => meters.Create(MeterName).CreateObservableGauge(
        "marketdata.health.status", Measure, unit: null, "1 healthy, 0.5 degraded, 0 unhealthy. Attributes: check.");

    /// <inheritdoc/>
    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        _latest = report;
        return Task.CompletedTask;
    }

    private IEnumerable<Measurement<double>> Measure() =>
        _latest?.Entries.Select(
            entry => new Measurement<double>(Value(entry.Value.Status), new KeyValuePair<string, object?>("check", entry.Key))) ?? [];

    private static double Value(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => 1,
        HealthStatus.Degraded => 0.5,
        _ => 0,
    };
}
