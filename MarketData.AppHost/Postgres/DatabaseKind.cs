namespace MarketData.AppHost.Postgres;

/// <summary>What the database may be forced to be: <c>Database:Kind</c>.</summary>
internal enum DatabaseKind
{
    /// <summary>Whatever there is.</summary>
    Auto,

    /// <summary>A server that runs from the programs of this machine.</summary>
    Embedded,

    /// <summary>TimescaleDB in a container.</summary>
    Container,
}
