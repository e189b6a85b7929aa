using System.Net.Http.Json;
using System.Text.Json;
using MarketData.Simulator;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace MarketData.AppHost.Providers;

/// <summary>The providers of market data: true ones, or those that the simulator plays.</summary>
internal static class SimulatorExtensions
{
    private const string Faults = "/simulator/faults";

    // Which the services can't tell before they run: a deployment asks for its secrets. Without a key a provider is disabled, simulated or not.
    private static readonly (string Provider, string Setting, string Simulated, string Description)[] Keys =
    [
        ("Polygon", "ApiKey", "simulated", "The API key of Polygon, which is called Massive since 2025; empty: it is not asked."),
        ("Alpaca", "ApiKey", "", "The key id of Alpaca, which it sends as APCA-API-KEY-ID; empty: it is not asked."),
        ("Alpaca", "ApiSecret", "", "The secret that Alpaca gives along with the key id."),
    ];

    /// <summary>Whether the simulator plays the providers: <c>Simulator:Enabled</c>, by default in Development, and never where this is published.</summary>
    public static bool SimulatesProviders(this IDistributedApplicationBuilder builder) =>
        builder.ExecutionContext.IsRunMode && builder.Configuration.GetValue("Simulator:Enabled", builder.Environment.IsDevelopment());

    /// <summary>Sends the enrichment to the simulator, but for providers whose address is configured.</summary>
    public static IResourceBuilder<ProjectResource> WithSimulatedProviders(
        this IResourceBuilder<ProjectResource> enrichment, IResourceBuilder<ProjectResource> simulator)
    {
        var settings = enrichment.ApplicationBuilder.Configuration;
        if (settings["Providers:BaseUrl"] is null)
            enrichment.WithEnvironment("Providers__BaseUrl", simulator.GetEndpoint("http"));
        // The simulator bears more than the true Yahoo, and nobody should wait for the first look.
        foreach (var (limit, value) in new[] { ("RequestsPerMinute", "100"), ("Burst", "150") })
        {
            if (settings["Providers:Yahoo:BaseUrl"] is null && settings[$"Providers:Yahoo:Resilience:{limit}"] is null)
                enrichment.WithEnvironment($"Providers__Yahoo__Resilience__{limit}", value);
        }

        return enrichment.WithReference(simulator);
    }

    /// <summary>Gives the enrichment the providers' keys, secret parameters such as <c>polygon-api-key</c>, empty where there is none.</summary>
    public static IResourceBuilder<ProjectResource> WithProviderKeys(this IResourceBuilder<ProjectResource> enrichment)
    {
        var builder = enrichment.ApplicationBuilder;
        foreach (var (provider, setting, simulated, description) in Keys)
        {
            var key = builder.AddParameter(
                $"{provider}-{setting}".Replace("Api", "api-", StringComparison.Ordinal).ToLowerInvariant(),
                () => builder.Configuration[$"Providers:{provider}:{setting}"] ?? (builder.SimulatesProviders() ? simulated : ""),
                secret: true);
            enrichment.WithEnvironment($"Providers__{provider}__{setting}", key.WithDescription(description));
        }

        return enrichment;
    }

    /// <summary>Adds the commands that break a provider, which opens its circuit at its next requests, and mend all.</summary>
    public static IResourceBuilder<ProjectResource> WithFaultCommands(this IResourceBuilder<ProjectResource> simulator)
    {
        foreach (var id in Enum.GetNames<Provider>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName))
        {
            var provider = $"{char.ToUpperInvariant(id[0])}{id[1..].Replace('-', ' ')}";
            simulator
                .WithFault(
                    $"break-{id}", $"Break {provider}", "PlugDisconnected", $"{provider} answers 503 to everything.", new { kind = "server_error", provider = id })
                .WithFault(
                    $"hang-{id}", $"Let {provider} hang", "HourglassHalf", $"{provider} answers nothing at all.", new { kind = "hang", provider = id })
                .WithFault(
                    $"refuse-{id}",
                    $"Let {provider} refuse",
                    "ShieldDismiss",
                    $"{provider} answers 429 to half of the requests.",
                    new { kind = "rate_limited", provider = id, rate = 0.5 });
        }

        return simulator.WithHttpCommand(Faults, "Mend all providers", commandName: "mend", commandOptions: new HttpCommandOptions
        {
            Method = HttpMethod.Delete,
            IconName = "Wrench",
            IsHighlighted = true,
            Description = "Takes every fault back.",
        });
    }

    private static IResourceBuilder<ProjectResource> WithFault(
        this IResourceBuilder<ProjectResource> simulator, string command, string title, string icon, string description, object fault) =>
        simulator.WithHttpCommand(Faults, title, commandName: command, commandOptions: new HttpCommandOptions
        {
            IconName = icon,
            Description = description,
            PrepareRequest = context =>
            {
                context.Request.Content = JsonContent.Create(fault);
                return Task.CompletedTask;
            },
        });
}
