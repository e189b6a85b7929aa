namespace MarketData.AppHost.Local.Postgres;

/// <summary>How a private PostgreSQL server is to run.</summary>
/// <param name="DataDirectory">Where it keeps its data, log-in and, when npm brings it, its programs.</param>
internal sealed record PrivatePostgresOptions(string DataDirectory)
{
    /// <summary>The TCP port on the loopback address; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>True trades safety against a power cut for speed and removes the data with the server: for tests.</summary>
    public bool Disposable { get; init; }

    /// <summary>Whether a disposable server is to be stopped or killed and started again on its data, which therefore outlive its process.</summary>
    public bool Restarts { get; init; }

    /// <summary>Settings of <c>postgresql.conf</c> beyond the usual ones, by name.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}
