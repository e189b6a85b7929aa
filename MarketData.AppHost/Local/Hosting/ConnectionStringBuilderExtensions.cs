using MarketData.AppHost.Local.Processes;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>Adds connection strings.</summary>
public static class ConnectionStringBuilderExtensions
{
    /// <summary>Adds the server behind <c>ConnectionStrings:&lt;name&gt;</c>.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddResource(new ConfiguredConnectionString(
            name,
            builder.Configuration.GetConnectionString(name) ?? throw new StartException($"ConnectionStrings:{name} is missing.")));
}
