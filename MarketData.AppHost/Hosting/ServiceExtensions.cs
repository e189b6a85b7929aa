using System.Security.Cryptography;

namespace MarketData.AppHost.Hosting;

/// <summary>What services have in the Aspire dashboard, and it in them.</summary>
internal static class ServiceExtensions
{
    /// <summary>The endpoint of a service for those who look after it, and for other services.</summary>
    public const string ManagementEndpoint = "management";

    private const int PublishedManagementPort = 8081;
    private const int ReceiverKeyBytes = 32;

    // Within an environment of Azure Container Apps every request comes from here.
    private const string ContainerAppsIngress = "100.64.0.0/10";

    /// <summary>
    /// Adds the endpoint <see cref="ManagementEndpoint"/>, which is never an external one: add it after those that are made external.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithManagementPort(this IResourceBuilder<ProjectResource> service)
    {
        var isPublished = service.ApplicationBuilder.ExecutionContext.IsPublishMode;
        service.WithHttpEndpoint(name: ManagementEndpoint, targetPort: isPublished ? PublishedManagementPort : null);
        return service.WithEnvironment(
            "Management__Port", ReferenceExpression.Create($"{service.GetEndpoint(ManagementEndpoint).Property(EndpointProperty.TargetPort)}"));
    }

    /// <summary>
    /// Says whose forwarded headers a service believes: where it is published, its platform's ingress. Aspire's own switch for that,
    /// <c>ASPNETCORE_FORWARDEDHEADERS_ENABLED</c>, would have it believe anybody, and call a caller's address what the caller says it is.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithTrustedProxies(this IResourceBuilder<ProjectResource> service)
    {
        service.DisableForwardedHeaders();
        return service.ApplicationBuilder.ExecutionContext.IsPublishMode
            ? service.WithEnvironment("Proxies__Trusted__0", ContainerAppsIngress)
            : service;
    }

    /// <summary>Adds a command that posts to the API, which asks for no key in Development.</summary>
    /// <param name="service">The resource that offers it.</param>
    /// <param name="api">The API.</param>
    /// <param name="command">The last part of the address below <c>/api/v1/enrichment</c>.</param>
    /// <param name="title">What the command is called.</param>
    /// <param name="icon">The name of a Fluent icon.</param>
    public static IResourceBuilder<ProjectResource> WithCommandOfApi(
        this IResourceBuilder<ProjectResource> service, IResourceBuilder<ProjectResource> api, string command, string title, string icon) =>
        service.WithHttpCommand(
            $"/api/v1/enrichment/{command}",
            title,
            () => api.GetEndpoint("http"),
            command,
            new HttpCommandOptions { IconName = icon, IsHighlighted = command == "trigger" });

    /// <summary>
    /// Has a service bring the database to its schema when it starts: neither here nor in what <c>azd</c> deploys does anybody run
    /// <c>migrate</c> before.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithMigrationAtStart(this IResourceBuilder<ProjectResource> service) =>
        service.WithEnvironment("Database__MigrateAtStart", "true");

    /// <summary>Gives a service the key that it encrypts receivers of notifications with, made the first time and kept in the data directory.</summary>
    public static IResourceBuilder<ProjectResource> WithReceiverKey(this IResourceBuilder<ProjectResource> service)
    {
        var builder = service.ApplicationBuilder;
        if (builder.ExecutionContext.IsPublishMode)
            return service;
        if (builder.Configuration["Notifications:SecretKey"] is { Length: > 0 } configured)
            return service.WithEnvironment("Notifications__SecretKey", configured);
        var (directory, key) = (builder.UseDataDirectory(), "");
        // Not before the directory is taken, where it is said what is wrong with it.
        builder.OnBeforeStart((_, _) =>
        {
            key = StoredSecret.Read(directory, "notifications.key", () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(ReceiverKeyBytes)));
            return Task.CompletedTask;
        });
        return service.WithEnvironment(context => context.EnvironmentVariables["Notifications__SecretKey"] = key);
    }

    /// <summary>Tells a service where the dashboard is, for the links in its messages.</summary>
    public static IResourceBuilder<ProjectResource> WithLinkToDashboard(
        this IResourceBuilder<ProjectResource> service, IResourceBuilder<ProjectResource> web)
    {
        var builder = service.ApplicationBuilder;
        return builder.ExecutionContext.IsRunMode && builder.Configuration["Notifications:DashboardUrl"] is null
            ? service.WithEnvironment("Notifications__DashboardUrl", ReferenceExpression.Create($"{web.GetEndpoint("http")}/dashboard/"))
            : service;
    }

    /// <summary>Tells the dashboard of the system where the Aspire dashboard is, for its pages that name a trace.</summary>
    public static IResourceBuilder<ProjectResource> WithLinkToAspireDashboard(this IResourceBuilder<ProjectResource> web)
    {
        var builder = web.ApplicationBuilder;
        if (builder.ExecutionContext.IsRunMode && builder.Configuration["Web:Links:AspireDashboard"] is null
            && builder.Configuration["ASPNETCORE_URLS"]?.Split(';')[0] is { Length: > 0 } address)
        {
            web.WithEnvironment("Web__Links__AspireDashboard", address);
        }

        return web;
    }
}
