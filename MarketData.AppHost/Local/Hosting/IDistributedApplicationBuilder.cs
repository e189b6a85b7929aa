using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Takes the description of the application.</summary>
public interface IDistributedApplicationBuilder
{
    /// <summary>The directory of the app host's project, which relative paths start from.</summary>
    string AppHostDirectory { get; }

    /// <summary>Settings from <c>appsettings.json</c>, user secrets, the environment and the command line, the later over the earlier.</summary>
    ConfigurationManager Configuration { get; }

    /// <summary>Development, unless <c>DOTNET_ENVIRONMENT</c> says otherwise.</summary>
    IHostEnvironment Environment { get; }

    /// <summary>What the application is described for.</summary>
    DistributedApplicationExecutionContext ExecutionContext { get; }

    /// <summary>Adds a resource.</summary>
    IResourceBuilder<T> AddResource<T>(T resource) where T : IResource;

    /// <summary>Ends the description.</summary>
    DistributedApplication Build();
}
