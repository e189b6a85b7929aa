namespace MarketData.Web.Presentation;

/// <summary>Where the tools beside the dashboard are, section <c>Web:Links</c>; what is not configured is not offered.</summary>
public sealed class ToolLinks
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Web:Links";

    /// <summary>The Aspire dashboard: logs and traces.</summary>
    public Uri? AspireDashboard { get; set; }

    /// <summary>Prometheus; when it is not set, the one that the app host runs.</summary>
    public Uri? Prometheus { get; set; }

    /// <summary>Grafana; when it is not set, the one that the app host runs.</summary>
    public Uri? Grafana { get; set; }

    /// <summary>The page of a trace; null where there is no Aspire dashboard.</summary>
    public string? Trace(string? traceId) =>
        AspireDashboard is { } dashboard && traceId is { Length: > 0 } ? new Uri(dashboard, $"traces/detail/{traceId}").AbsoluteUri : null;

    /// <summary>Reads the links from the settings.</summary>
    public static void Configure(ToolLinks links, IConfiguration configuration)
    {
        configuration.GetSection(Section).Bind(links);
        links.Prometheus ??= Referenced("prometheus");
        links.Grafana ??= Referenced("grafana");

        Uri? Referenced(string resource) =>
            configuration[$"services:{resource}:http:0"] is { Length: > 0 } address ? new Uri(address) : null;
    }
}
