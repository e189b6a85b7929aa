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

    /// <summary>A statement for Dapper; its time is the connection's, 30 s by default, where none is given.</summary>
    public static CommandDefinition Command(
        string name, string text, object? arguments, CancellationToken cancellation, NpgsqlTransaction? transaction = null, TimeSpan? timeout = null) =>
        new(Named(name, text), arguments, transaction, (int?)timeout?.TotalSeconds, cancellationToken: cancellation);

    /// <summary>A statement for Npgsql.</summary>
    public static NpgsqlCommand Command(string name, string text, NpgsqlConnection connection) => new(Named(name, text), connection);

    /// <summary>A query, which COPY can send, with its name.</summary>
    public static string Named(string name, string text) => $"-- {name}\n{text}";

    /// <summary>Executes a statement on a connection of its own.</summary>
    /// <returns>How many rows it changed.</returns>
    public static async Task<int> ExecuteAsync(
        this NpgsqlDataSource database, string name, string text, object? arguments, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.ExecuteAsync(Command(name, text, arguments, cancellation));
    }

    /// <summary>Reads the first value of a query's first row on a connection of its own.</summary>
    public static async Task<T?> ExecuteScalarAsync<T>(
        this NpgsqlDataSource database, string name, string text, object? arguments, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.ExecuteScalarAsync<T>(Command(name, text, arguments, cancellation));
    }

    /// <summary>Reads a query's rows on a connection of its own.</summary>
    public static async Task<IReadOnlyList<T>> QueryAsync<T>(
        this NpgsqlDataSource database, string name, string text, object? arguments, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<T>(Command(name, text, arguments, cancellation))).AsList();
    }

    /// <summary>Reads a query's only row on a connection of its own.</summary>
    public static async Task<T> QuerySingleAsync<T>(
        this NpgsqlDataSource database, string name, string text, object? arguments, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.QuerySingleAsync<T>(Command(name, text, arguments, cancellation));
    }

    /// <summary>Reads a query's only row on a connection of its own; the default when there is none.</summary>
    public static async Task<T?> QuerySingleOrDefaultAsync<T>(
        this NpgsqlDataSource database, string name, string text, object? arguments, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.QuerySingleOrDefaultAsync<T>(Command(name, text, arguments, cancellation));
    }
}
