using MarketData.AppHost.Providers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MarketData.AppHost.Hosting;

/// <summary>What the settings of the app host mean for its resources.</summary>
internal static class SettingsExtensions
{
    private static readonly string[] Secrets = ["ApiKey", "ApiSecret"];

    /// <summary>The full path of the directory that everything is kept in which is not in a container: <c>DataDirectory</c>.</summary>
    public static string DataDirectory(this IDistributedApplicationBuilder builder) =>
        builder.Configuration["DataDirectory"] is { Length: > 0 } directory
            ? Path.GetFullPath(directory)
            : Path.GetFullPath("../.data", builder.AppHostDirectory);

    /// <summary>The same directory, for what keeps something in it; a second copy with the same one does not start.</summary>
    public static string UseDataDirectory(this IDistributedApplicationBuilder builder)
    {
        var directory = builder.DataDirectory();
        if (builder.Services.All(service => service.ServiceType != typeof(DataDirectoryLock)))
        {
            builder.Services.AddSingleton<DataDirectoryLock>();
            builder.OnBeforeStart((start, _) =>
            {
                start.Services.GetRequiredService<DataDirectoryLock>().Take(directory);
                return Task.CompletedTask;
            });
        }

        return directory;
    }

    /// <summary>
    /// The port in a setting; null, which takes a free one, when that is 0, and the platform's own when this is published. A port that
    /// another program has keeps the app host from starting.
    /// </summary>
    /// <param name="builder">The app host.</param>
    /// <param name="setting">The setting, such as <c>Ports:Web</c>.</param>
    /// <param name="standard">The port when nothing is set.</param>
    public static int? Port(this IDistributedApplicationBuilder builder, string setting, int standard)
    {
        if (builder.ExecutionContext.IsPublishMode)
            return null;
        var configured = builder.Configuration[setting];
        if (!int.TryParse(configured ?? $"{standard}", out var port) || port is < 0 or > 65535)
        {
            builder.FailAtStart($"{setting} is '{configured}': a port is a number from 1 to 65535, or 0 for any free one.");
            return null;
        }

        if (port == 0)
            return null;
        builder.OnBeforeStart((_, cancellation) => Ports.RequireAsync(port, setting, cancellation));
        return port;
    }

    /// <summary>The port in a setting, or a free one when another program has it: for what a second copy can have elsewhere.</summary>
    public static int? PortOrAnother(this IDistributedApplicationBuilder builder, string setting, int standard) =>
        builder.Configuration.GetValue(setting, standard) is var port and not 0 && Ports.IsFree(port) ? port : null;

    /// <summary>
    /// Passes on to a service what is configured for it in some sections, but for keys, which are parameters, and the environment that it
    /// runs in: this one's, or Production when it is published.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithSettings(this IResourceBuilder<ProjectResource> service, params string[] sections)
    {
        var builder = service.ApplicationBuilder;
        service.WithEnvironment(
            "ASPNETCORE_ENVIRONMENT",
            builder.ExecutionContext.IsPublishMode ? Environments.Production : builder.Environment.EnvironmentName);
        // Where it is published, its platform configures it.
        if (builder.ExecutionContext.IsPublishMode)
            return service;
        foreach (var (name, value) in sections.SelectMany(section => builder.Configuration.GetSection(section).AsEnumerable()))
        {
            if (value is not null && !Secrets.Any(secret => name.EndsWith(secret, StringComparison.OrdinalIgnoreCase)))
                service.WithEnvironment(name.Replace(":", "__", StringComparison.Ordinal), value);
        }

        // A service shows whether what it has is simulated.
        return sections.Contains("Simulator")
            ? service.WithEnvironment("Simulator__Enabled", builder.SimulatesProviders() ? "true" : "false")
            : service;
    }
}
