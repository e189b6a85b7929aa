using Dapper;
using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>Commands for Dapper, with snake_case columns mapped to properties.</summary>
internal static class Sql
{
    static Sql() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    public static CommandDefinition Command(string text, object? arguments, CancellationToken cancellation, NpgsqlTransaction? transaction = null) =>
        new(text, arguments, transaction, cancellationToken: cancellation);
}
