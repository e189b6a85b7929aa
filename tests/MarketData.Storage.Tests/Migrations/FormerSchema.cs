using Dapper;
using MarketData.Testing;
using Npgsql;

namespace MarketData.Storage.Tests.Migrations;

/// <summary>The schema as former versions left it, with the migrator's record of it.</summary>
internal static class FormerSchema
{
    private static IEnumerable<string> Scripts =>
        typeof(DatabaseMigrator).Assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    /// <summary>Runs every migration before the one of a number.</summary>
    public static async Task CreateAsync(TestDatabase database, string before, CancellationToken cancellation)
    {
        foreach (var script in Scripts.Where(name => string.CompareOrdinal(Number(name), before) < 0))
            await RunScriptAsync(database, script, cancellation);
    }

    /// <summary>Runs the migration of a number.</summary>
    public static Task RunAsync(TestDatabase database, string number, CancellationToken cancellation) =>
        RunScriptAsync(database, Scripts.Single(name => Number(name) == number), cancellation);

    private static string Number(string script) => script.Split('.')[^2].Split('_')[0];

    private static async Task RunScriptAsync(TestDatabase database, string script, CancellationToken cancellation)
    {
        using var text = new StreamReader(typeof(DatabaseMigrator).Assembly.GetManifestResourceStream(script)!);
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.ExecuteAsync(await text.ReadToEndAsync(cancellation), transaction: transaction);
        await connection.ExecuteAsync($"""
            CREATE TABLE IF NOT EXISTS schema_versions (
                schemaversionsid serial PRIMARY KEY, scriptname character varying(255) NOT NULL, applied timestamp without time zone NOT NULL);
            INSERT INTO schema_versions (scriptname, applied) VALUES ('{script}', now());
            """, transaction: transaction);
        await transaction.CommitAsync(cancellation);
    }
}
