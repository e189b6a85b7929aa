using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace MarketData.AppHost.Hosting;

/// <summary>
/// Prints where to look, once the services and their database are healthy; and what one that did not start said, at once.
/// </summary>
internal sealed class AddressSummary(
    ResourceNotificationService notifications, ResourceLoggerService logs, DistributedApplicationModel model, IConfiguration settings,
    Func<IResource, bool> isAwaited) : BackgroundService
{
    private static readonly string[] NotStarted = [KnownResourceStates.FailedToStart, KnownResourceStates.Exited, KnownResourceStates.Finished];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failed = false;
        var awaited = model.Resources.Where(isAwaited);
        await foreach (
            var outcome in Task.WhenEach(awaited.Select(resource => OutcomeAsync(resource, stoppingToken))).WithCancellation(stoppingToken))
        {
            if (await outcome is not { } failure)
                continue;
            failed = true;
            Console.WriteLine(failure);
        }

        if (!failed)
            Console.WriteLine(Addresses());
    }

    // Null when it became healthy, else what to say.
    private async Task<string?> OutcomeAsync(IResource resource, CancellationToken cancellation)
    {
        var reached = await notifications.WaitForResourceAsync(
            resource.Name, changed => changed.Snapshot.HealthStatus == HealthStatus.Healthy || HasEnded(changed), cancellation);
        if (!HasEnded(reached))
            return null;
        var last = new List<string>();
        await foreach (var lines in logs.GetAllAsync(reached.ResourceId).WithCancellation(cancellation))
            last.AddRange(lines.Select(line => line.Content));
        var code = reached.Snapshot.ExitCode is { } exitCode ? $" (exit code {exitCode})" : "";
        return $"{resource.Name} did not start{code}; it last said: {last.LastOrDefault()}";
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
