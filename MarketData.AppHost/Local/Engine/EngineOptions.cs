using Microsoft.Extensions.Configuration;

namespace MarketData.AppHost.Local.Engine;

/// <summary>What the engine itself takes from the settings.</summary>
/// <param name="DataDirectory">Where PostgreSQL and everything else of this copy keeps its data; a full path.</param>
/// <param name="EnvironmentName">The environment that the services run in.</param>
/// <param name="AspireDashboardPort">The port of the Aspire dashboard; 0 takes a free one.</param>
/// <param name="OtlpVariables">Where the services are to send their telemetry when no Aspire dashboard is started here.</param>
internal sealed record EngineOptions(
    string DataDirectory, string EnvironmentName, int AspireDashboardPort, IReadOnlyDictionary<string, string> OtlpVariables)
{
    /// <summary>Reads the settings.</summary>
    public static EngineOptions Read(IConfiguration settings, string appHostDirectory, string environmentName) => new(
        settings["DataDirectory"] is { Length: > 0 } directory ? Path.GetFullPath(directory) : Path.GetFullPath("../.data", appHostDirectory),
        environmentName,
        settings.GetValue("Ports:AspireDashboard", 18888),
        settings.AsEnumerable()
            .Where(setting => setting.Value is not null && setting.Key.StartsWith("OTEL_EXPORTER_OTLP_", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(setting => setting.Key, setting => setting.Value!));
}
