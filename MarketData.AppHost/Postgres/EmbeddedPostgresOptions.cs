namespace MarketData.AppHost.Postgres;

/// <summary>Where and how an embedded PostgreSQL server runs.</summary>
/// <param name="DataDirectory">The full path of the directory with its data, its password and, when npm brings it, its programs.</param>
internal sealed record EmbeddedPostgresOptions(string DataDirectory)
{
    /// <summary>The TCP port on the loopback address; null takes a free one.</summary>
    public int? Port { get; init; }

    /// <summary>True trades safety against a power cut for speed: for tests and benchmarks.</summary>
    public bool Disposable { get; init; }
}
