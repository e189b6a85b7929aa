using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace MarketData.AppHost.Hosting;

/// <summary>Prints where to look, once the services are healthy; or what one that did not start said.</summary>
internal sealed class AddressSummary(
    ResourceNotificationService notifications, ResourceLoggerService logs, DistributedApplicationModel model, IConfiguration settings) : BackgroundService
{
    private static readonly string[] NotStarted = [KnownResourceStates.FailedToStart, KnownResourceStates.Exited, KnownResourceStates.Finished];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var outcomes = await Task.WhenAll(model.Resources.OfType<ProjectResource>().Select(service => OutcomeAsync(service, stoppingToken)));
        var failures = outcomes.OfType<string>().ToList();
        Console.WriteLine(failures.Count == 0 ? Addresses() : string.Join(Environment.NewLine, failures));
    }

    // Null when it became healthy, else what to say.
    private async Task<string?> OutcomeAsync(ProjectResource service, CancellationToken cancellation)
    {
        var reached = await notifications.WaitForResourceAsync(
            service.Name, changed => changed.Snapshot.HealthStatus == HealthStatus.Healthy || HasEnded(changed), cancellation);
        if (!HasEnded(reached))
            return null;
        var last = new List<string>();
        await foreach (var lines in logs.GetAllAsync(reached.ResourceId).WithCancellation(cancellation))
            last.AddRange(lines.Select(line => line.Content));
        return $"{service.Name} did not start (exit code {reached.Snapshot.ExitCode}); it last said: {last.LastOrDefault()}";
    }

    private static bool HasEnded(ResourceEvent changed) => NotStarted.Contains(changed.Snapshot.State?.Text);

    private string Addresses()
    {
        var text = new StringBuilder().AppendLine().AppendLine("MarketData is ready.").AppendLine();
        foreach (var (name, address) in model.Resources.SelectMany(Described).Append(("Aspire dashboard", AspireDashboard())))
        {
            if (address is not null)
                text.AppendLine($"  {name,-18}{address}");
        }

        return text.AppendLine().Append("Press Ctrl+C to stop.").ToString();
    }

    private IEnumerable<(string Name, string? Address)> Described(IResource resource) =>
        notifications.TryGetCurrentState(resource.Name, out var state) && !state.Snapshot.IsHidden
            ? from url in state.Snapshot.Urls
              where !url.IsInternal && url.DisplayProperties.DisplayName is { Length: > 0 }
              select (url.DisplayProperties.DisplayName, (string?)url.Url)
            : [];

    private string? AspireDashboard() => (settings["ASPNETCORE_URLS"]?.Split(';')[0], settings["AppHost:BrowserToken"]) switch
    {
        ({ Length: > 0 } address, { Length: > 0 } token) => $"{address.TrimEnd('/')}/login?t={token}",
        ({ Length: > 0 } address, _) => address,
        _ => null,
    };
}
