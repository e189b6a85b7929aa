namespace MarketData.Storage.Enrichment;

/// <summary>A node of the cluster, as it enters itself.</summary>
/// <param name="Node">Its name, unique for the life of its process.</param>
/// <param name="Host">The machine, or the container.</param>
/// <param name="ProcessId">Its process there.</param>
/// <param name="Version">The service's version.</param>
/// <param name="Concurrency">How many symbols it works on at once.</param>
public sealed record NodeEntry(string Node, string Host, int ProcessId, string Version, int Concurrency);
