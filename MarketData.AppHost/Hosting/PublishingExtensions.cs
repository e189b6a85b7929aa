using Aspire.Hosting.Pipelines;

namespace MarketData.AppHost.Hosting;

/// <summary>What <c>aspire publish</c> writes.</summary>
internal static class PublishingExtensions
{
    /// <summary>
    /// Publishes the manifest. Without a compute environment (<c>AddKubernetesEnvironment</c> and the like, which no package here brings)
    /// Aspire would report success and write nothing.
    /// </summary>
    public static void PublishManifest(this IDistributedApplicationBuilder builder) => builder.Pipeline.AddPipelineConfiguration(static context =>
    {
        context.Steps.Single(static step => step.Name == WellKnownPipelineSteps.Publish).DependsOn("publish-manifest");
        return Task.CompletedTask;
    });
}
