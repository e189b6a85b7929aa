using System.Reflection;
using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment;

/// <summary>The name under which this process appears in the cluster's tables: unique for the life of the process.</summary>
/// <param name="Id">Host, process id and a random part, so that a restarted process is never taken for its predecessor.</param>
public sealed record NodeIdentity(string Id)
{
    private static readonly string Version =
        typeof(NodeIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>A fresh identity for the running process.</summary>
    public static NodeIdentity Create() =>
        new($"{Environment.MachineName.ToLowerInvariant()}-{Environment.ProcessId}-{Guid.NewGuid().ToString("n")[..6]}");

    /// <summary>How the node enters the cluster.</summary>
    /// <param name="concurrency">How many symbols it works on at once.</param>
    public NodeEntry Entry(int concurrency) => new(Id, Environment.MachineName, Environment.ProcessId, Version, concurrency);
}
