using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MarketData.Enrichment.Scheduling;

/// <summary>Whether the node can do its work: it has entered the cluster and its loops run.</summary>
public sealed class NodeHealth(EnrichmentNode node) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(node.IsWorking ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The node has not entered the cluster."));
}
