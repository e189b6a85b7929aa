using MarketData.Storage.Dashboard;

namespace MarketData.Api.Status;

/// <summary>Database, tables and nodes in detail.</summary>
public sealed record SystemInfo
{
    /// <summary>The version of the Api.</summary>
    public required string Version { get; init; }

    /// <summary>The .NET runtime.</summary>
    public required string Runtime { get; init; }

    /// <summary>Seconds since the Api started.</summary>
    public required double UptimeSeconds { get; init; }

    /// <summary>Listeners on the event stream of this instance.</summary>
    public required int EventListeners { get; init; }

    /// <summary>The database.</summary>
    public required DatabaseInfo Database { get; init; }

    /// <summary>The largest tables, largest first.</summary>
    public required IReadOnlyList<TableSize> Tables { get; init; }

    /// <summary>Enrichment instances seen in the last day, newest sign of life first.</summary>
    public required IReadOnlyList<NodeState> Nodes { get; init; }
}
