using MarketData.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace MarketData.Testing;

/// <summary>Brings a fresh database to the current schema.</summary>
internal static class TestSchema
{
    /// <summary>Applies the migrations of MarketData.Storage, as a starting service does.</summary>
    public static Task ApplyAsync(string connectionString, CancellationToken cancellation) =>
        new DatabaseMigrator(NullLogger<DatabaseMigrator>.Instance, TimeProvider.System).MigrateAsync(connectionString, cancellation);
}
