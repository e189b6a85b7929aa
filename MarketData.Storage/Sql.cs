using Dapper;
using Npgsql;

namespace MarketData.Storage;

/// <summary>
/// Makes every statement of the system: each has a name, such as <c>claim next job</c>, which is the first line of its text as a comment,
/// and so is seen in the database's own views and logs, and is the name of its span. Snake_case columns are mapped to properties.
/// </summary>
internal static class Sql
{
    static Sql() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    /// <summary>A statement for Dapper.</summary>
    public static CommandDefinition Command(
        string name, string text, object? arguments, CancellationToken cancellation, NpgsqlTransaction? transaction = null) =>
        new(Named(name, text), arguments, transaction, cancellationToken: cancellation);

    /// <summary>A statement for Npgsql.</summary>
    public static NpgsqlCommand Command(string name, string text, NpgsqlConnection connection) => new(Named(name, text), connection);

    /// <summary>A query, which COPY can send, with its name.</summary>
    public static string Named(string name, string text) => $"-- {name}\n{text}";
}
