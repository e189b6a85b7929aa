using Microsoft.AspNetCore.Builder;

namespace Microsoft.Extensions.Hosting;

/// <summary>Says at which port an endpoint answers; at the other one, it is not there.</summary>
public static class ManagementPortEndpoints
{
    /// <summary>Answers everywhere but at the management port.</summary>
    public static TBuilder ExceptAtManagementPort<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new PortRequirement(static (management, context) => !management.Received(context)));

    /// <summary>Answers where metrics are shown.</summary>
    internal static TBuilder WhereMetricsAreShown<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new PortRequirement(static (management, context) => management.ShowsMetrics(context)));
}
