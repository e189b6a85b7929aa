using MarketData.Storage.Dashboard;

namespace MarketData.Api.Status;

/// <summary>The service in a few lines.</summary>
/// <param name="Version">The version of the Api.</param>
/// <param name="UptimeSeconds">Seconds since it started.</param>
/// <param name="Database">The database.</param>
/// <param name="Scheduler">The scheduler.</param>
/// <param name="Symbols">Symbols.</param>
/// <param name="DataAgeSeconds">Age of the newest candle of all, seconds; null when there is none.</param>
public sealed record ServiceStatus(
    string Version, double UptimeSeconds, DatabaseInfo Database, SchedulerSummary Scheduler, SymbolCounts Symbols, double? DataAgeSeconds);

/// <summary>The scheduler in a few words.</summary>
/// <param name="Status"><c>running</c>, <c>paused</c>, or <c>stopped</c>: no live node.</param>
/// <param name="Nodes">Live enrichment nodes.</param>
/// <param name="LastRun">When the last run began, UTC.</param>
/// <param name="NextRun">When the next nightly run is due, UTC.</param>
public sealed record SchedulerSummary(string Status, long Nodes, DateTime? LastRun, DateTime? NextRun);

/// <summary>How many symbols there are.</summary>
/// <param name="Total">All, inactive ones included.</param>
/// <param name="Active">Those that are enriched.</param>
public sealed record SymbolCounts(long Total, long Active);

/// <summary>Database, tables and nodes in detail.</summary>
/// <param name="Version">The version of the Api.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="UptimeSeconds">Seconds since the Api started.</param>
/// <param name="EventListeners">Listeners on the event stream of this instance.</param>
/// <param name="Database">The database.</param>
/// <param name="Tables">The largest tables, largest first.</param>
/// <param name="Nodes">Enrichment instances seen in the last day, newest sign of life first.</param>
public sealed record SystemInfo(
    string Version, string Runtime, double UptimeSeconds, int EventListeners, DatabaseInfo Database,
    IReadOnlyList<TableSize> Tables, IReadOnlyList<NodeState> Nodes);
