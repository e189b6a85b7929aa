namespace MarketData.Storage.Dashboard;

/// <summary>What <see cref="SystemReader.ReadSystemAsync"/> reads.</summary>
/// <param name="Database">The database.</param>
/// <param name="Tables">The largest tables, largest first.</param>
/// <param name="Nodes">Nodes seen within a day.</param>
public sealed record SystemRows(DatabaseInfo Database, IReadOnlyList<TableSize> Tables, IReadOnlyList<NodeState> Nodes);
