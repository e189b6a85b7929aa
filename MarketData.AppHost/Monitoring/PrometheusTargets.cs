using Microsoft.Extensions.Hosting;

namespace MarketData.AppHost.Monitoring;

/// <summary>
/// Writes the management addresses of all running replicas for Prometheus, whenever one comes or goes: behind Aspire's proxy they have one address,
/// and counters that come from either of two processes in turn mean nothing.
/// </summary>
internal sealed class PrometheusTargets(
    ResourceNotificationService notifications, string directory, IReadOnlyList<ProjectResource> services)
    : BackgroundService
{
    private const string PortVariable = "Management__Port";

    private readonly SortedDictionary<string, ScrapeTarget> _running = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await WriteAsync(stoppingToken);
        await foreach (var changed in notifications.WatchAsync(stoppingToken))
        {
            if (services.Contains(changed.Resource) && Note(changed))
                await WriteAsync(stoppingToken);
        }
    }

    private bool Note(ResourceEvent changed)
    {
        var replica = changed.Snapshot;
        var port = replica.EnvironmentVariables.FirstOrDefault(variable => variable.Name == PortVariable)?.Value;
        if (replica.State?.Text != KnownResourceStates.Running || port is null)
            return _running.Remove(changed.ResourceId);
        var target = new ScrapeTarget(changed.Resource.Name, $"localhost:{port}");
        if (_running.GetValueOrDefault(changed.ResourceId) == target)
            return false;
        _running[changed.ResourceId] = target;
        return true;
    }

    private async Task WriteAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "marketdata.json"), ScrapeTarget.Json(_running.Values), cancellation);
    }
}
