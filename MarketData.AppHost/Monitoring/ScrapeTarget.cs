using System.Text.Json;

namespace MarketData.AppHost.Monitoring;

/// <summary>A process that Prometheus asks for its metrics.</summary>
/// <param name="Service">The service that it is, the label <c>service</c>.</param>
/// <param name="Address">Host and port.</param>
internal sealed record ScrapeTarget(string Service, string Address)
{
    /// <summary>The targets as Prometheus' file-based service discovery reads them.</summary>
    public static string Json(IEnumerable<ScrapeTarget> targets) =>
        JsonSerializer.Serialize(
            targets.Select(target => new { targets = new[] { target.Address }, labels = new { service = target.Service } }));
}
