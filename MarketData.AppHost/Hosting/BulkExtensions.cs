namespace MarketData.AppHost.Hosting;

/// <summary>Where services find the warehouse as files.</summary>
internal static class BulkExtensions
{
    private const string Target = "Bulk:Target";

    /// <summary>
    /// Passes on what is configured of bulk files. They are in the data directory where nothing is; a path is taken from the app host's folder, since
    /// services have folders of their own. Where it is published, its platform configures it.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithBulkFiles(this IResourceBuilder<ProjectResource> service)
    {
        var builder = service.ApplicationBuilder;
        if (builder.ExecutionContext.IsPublishMode)
            return service;
        var target = builder.Configuration[Target] ?? Path.Combine(builder.DataDirectory(), "bulk");
        var isPath = target.Length > 0 && !target.Contains("://", StringComparison.Ordinal);
        return service.WithSettings("Bulk").WithEnvironment("Bulk__Target", isPath ? Path.GetFullPath(target, builder.AppHostDirectory) : target);
    }
}
