using System.Reflection;
using MarketData.AppHost.Local.Engine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <inheritdoc cref="IDistributedApplicationBuilder"/>
internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder _host;
    private readonly List<Resource> _resources = [];

    /// <summary>Reads the settings of the app host's project.</summary>
    public DistributedApplicationBuilder(string[] args)
    {
        AppHostDirectory = Assembly.GetEntryAssembly()!.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(metadata => metadata.Key == "apphostprojectpath")?.Value ?? Directory.GetCurrentDirectory();
        _host = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings
        {
            ContentRootPath = AppHostDirectory,
            // This engine only ever serves development; whoever wants to see production's settings says so.
            EnvironmentName = Environment("DOTNET_ENVIRONMENT") ?? Environment("ASPNETCORE_ENVIRONMENT") ?? Environments.Development,
        });
        Configuration.AddJsonFile("appsettings.json", optional: true);
        Configuration.AddJsonFile($"appsettings.{_host.Environment.EnvironmentName}.json", optional: true);
        Configuration.AddUserSecrets(Assembly.GetEntryAssembly()!, optional: true);
        Configuration.AddEnvironmentVariables();
        Configuration.AddCommandLine(args);
        // The launch profile says where Aspire's own dashboard is to listen; this engine finds a port for one when it starts it.
        Configuration["ASPNETCORE_URLS"] = null;

        static string? Environment(string name) => System.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
    }

    /// <inheritdoc/>
    public string AppHostDirectory { get; }

    /// <inheritdoc/>
    public ConfigurationManager Configuration => _host.Configuration;

    IHostEnvironment IDistributedApplicationBuilder.Environment => _host.Environment;

    /// <inheritdoc/>
    public DistributedApplicationExecutionContext ExecutionContext { get; } = new();

    /// <inheritdoc/>
    public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource
    {
        _resources.Add((Resource)(IResource)resource);
        return new ResourceBuilder<T>(this, resource);
    }

    /// <inheritdoc/>
    public DistributedApplication Build() => new(_resources, EngineOptions.Read(Configuration, AppHostDirectory, _host.Environment.EnvironmentName));
}
