namespace MarketData.Storage.Schema;

/// <summary>What a migration has done.</summary>
/// <param name="Version">The number of the newest migration that the database has now, such as <c>0098</c>.</param>
/// <param name="Applied">The migrations that were applied, such as <c>0098_provider_check</c>, in their order.</param>
/// <param name="AddedColumns">The features that got a column.</param>
public sealed record MigrationResult(string Version, IReadOnlyList<string> Applied, IReadOnlyList<string> AddedColumns)
{
    /// <summary>Whether the schema was as this build needs it before.</summary>
    public bool IsUnchanged => Applied.Count == 0 && AddedColumns.Count == 0;
}
