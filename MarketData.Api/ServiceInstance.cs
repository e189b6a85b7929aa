using System.Reflection;

namespace MarketData.Api;

/// <summary>This running instance of the service.</summary>
public sealed class ServiceInstance(TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>The version of this build.</summary>
    public static string Version { get; } =
        typeof(ServiceInstance).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Seconds since it started.</summary>
    public double UptimeSeconds => time.GetElapsedTime(_started).TotalSeconds;
}
