using Dapper;
using MarketData.Domain.Candles;
using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>Reads what about symbols a person should look at; of active symbols alone.</summary>
public sealed class AttentionReader(NpgsqlDataSource database)
{
    /// <summary>How many symbols have something of each kind; kinds without any are left out.</summary>
    internal const string Counts = "SELECT kind, count(*) AS symbols FROM attention_items GROUP BY kind";

    /// <summary>Reads the counts, and the newest items.</summary>
    /// <param name="symbol">Only of this symbol; null for all.</param>
    /// <param name="kind">Only of this kind; null for all.</param>
    /// <param name="limit">The most items to read.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<(IReadOnlyList<AttentionCount> Counts, IReadOnlyList<AttentionRow> Items)> ReadAsync(
        Symbol? symbol, string? kind, int limit, CancellationToken cancellation)
    {
        const string items = """
            SELECT kind, count(*) AS symbols FROM attention_items
            WHERE (@symbol::text IS NULL OR symbol = @symbol) AND (@kind::text IS NULL OR kind = @kind) GROUP BY kind;
            SELECT kind, symbol, since, occurrences, day, cause, advice FROM attention_items
            WHERE (@symbol::text IS NULL OR symbol = @symbol) AND (@kind::text IS NULL OR kind = @kind)
            ORDER BY since DESC NULLS LAST, symbol COLLATE "C", kind LIMIT @limit;
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var results = await connection.QueryMultipleAsync(
            Sql.Command("read attention items", items, new { symbol = symbol?.Value, kind, limit }, cancellation));
        return ((await results.ReadAsync<AttentionCount>()).AsList(), (await results.ReadAsync<AttentionRow>()).AsList());
    }
}
