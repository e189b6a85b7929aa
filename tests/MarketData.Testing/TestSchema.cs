using System.Reflection;
using Npgsql;

namespace MarketData.Testing;

/// <summary>Brings a fresh database to the current schema.</summary>
internal static class TestSchema
{
    /// <summary>Applies the migrations of MarketData.Storage, in order.</summary>
    public static async Task ApplyAsync(string connectionString, CancellationToken cancellation)
    {
        var storage = Assembly.Load("MarketData.Storage");
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellation);
        foreach (var name in storage.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var script = new StreamReader(storage.GetManifestResourceStream(name)!);
            await using var command = new NpgsqlCommand(await script.ReadToEndAsync(cancellation), connection);
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }
}
