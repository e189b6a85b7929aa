using System.Text.RegularExpressions;
using Dapper;
using MarketData.Domain.Features;
using Npgsql;

namespace MarketData.Storage.Schema;

/// <summary>How a database's schema stands to the one that this build needs.</summary>
/// <param name="Needed">The number of the newest migration of this build, such as <c>0098</c>.</param>
/// <param name="Found">The number of the newest migration that the database has had; null when it has had none.</param>
/// <param name="Missing">The migrations of this build that it has not had, such as <c>0098_provider_check</c>, in their order.</param>
/// <param name="MissingColumns">The features of this build that it has no column for.</param>
public sealed partial record SchemaState(string Needed, string? Found, IReadOnlyList<string> Missing, IReadOnlyList<string> MissingColumns)
{
    // As DbUp names them: MarketData.Storage.Migrations.0001_name.sql
    private static readonly IReadOnlyList<string> Known =
    [
        .. typeof(SchemaState).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(ShortName).Order(StringComparer.Ordinal),
    ];

    /// <summary>Whether this build can work with it. What is newer than the build may be there as well.</summary>
    public bool IsSufficient => Missing.Count == 0 && MissingColumns.Count == 0;

    /// <summary>Whether the database has had migrations that this build does not know, as it has while a newer one is rolled out.</summary>
    public bool IsNewer => string.CompareOrdinal(Found, Needed) > 0;

    /// <summary>What a service that waits for the schema says.</summary>
    public string Shortfall => $"The database does not have the schema that this build needs: needs {Needed}, database has {Found ?? "none"}"
        + (Missing is [_, ..] && string.CompareOrdinal(Found, Missing[^1]) > 0 ? $" and lacks {string.Join(", ", Missing)}" : "")
        + (Missing.Count == 0 ? $" and lacks the features {string.Join(", ", MissingColumns)}" : "")
        + ": run migrate.";

    /// <summary>Reads what a database has, on a connection of its own.</summary>
    /// <exception cref="NpgsqlException">It does not answer, or does not let this role look.</exception>
    public static async Task<SchemaState> ReadAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await ReadAsync(connection, cancellation);
    }

    /// <summary>Reads what a database has.</summary>
    /// <exception cref="NpgsqlException">It does not answer, or does not let this role look.</exception>
    internal static async Task<SchemaState> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        const string journal = "SELECT to_regclass('public.schema_versions') IS NOT NULL";
        const string scripts = "SELECT scriptname FROM public.schema_versions";
        const string columns = """
            SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass('latest_features') AND attnum > 0 AND NOT attisdropped
            """;
        var applied = await connection.ExecuteScalarAsync<bool>(Sql.Command("look for migrations", journal, null, cancellation))
            ? (await connection.QueryAsync<string>(Sql.Command("read migrations", scripts, null, cancellation))).Select(ShortName).ToHashSet()
            : [];
        var features = (await connection.QueryAsync<string>(Sql.Command("read feature columns", columns, null, cancellation))).ToHashSet();
        return new SchemaState(
            Number(Known[^1]),
            applied.Max(StringComparer.Ordinal) is { } newest ? Number(newest) : null,
            [.. Known.Where(script => !applied.Contains(script))],
            [.. FeatureCatalogue.All.Select(feature => feature.Name).Where(name => !features.Contains(name))]);
    }

    /// <summary>A script's name without what is the same for all, such as <c>0001_market_data</c>.</summary>
    internal static string ShortName(string script) => Script().Match(script) is { Success: true } match ? match.Value : script;

    private static string Number(string shortName) => shortName.Split('_')[0];

    [GeneratedRegex(@"[^.]+(?=\.sql$)")]
    private static partial Regex Script();
}
