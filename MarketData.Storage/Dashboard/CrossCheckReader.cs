using Dapper;
using Npgsql;

namespace MarketData.Storage.Dashboard;

/// <summary>Reads how far providers differ.</summary>
public sealed class CrossCheckReader(NpgsqlDataSource database)
{
    private const string Totals = """
        provider, other_provider, timeframe, sum(bars_compared) AS bars_compared, sum(bars_differing) AS bars_differing,
        sum(bars_differing)::float8 / nullif(sum(bars_compared), 0) AS disagreement_rate, max(max_difference) AS max_difference,
        sum(mean_difference * bars_compared) / nullif(sum(bars_compared), 0) AS mean_difference, sum(only_provider) AS only_provider,
        sum(only_other) AS only_other, count(*) AS days_compared, max(checked_at) AS checked_at
        """;

    private const string Chosen = """
        FROM cross_checks
        WHERE day BETWEEN @start AND @end AND (@symbol::text IS NULL OR symbol = @symbol) AND (@timeframe::text IS NULL OR timeframe = @timeframe)
            AND (@provider::text IS NULL OR @provider IN (provider, other_provider))
        GROUP BY provider, other_provider, timeframe
        """;

    private const string CrossChecks = $"""
        SELECT {Totals} {Chosen} ORDER BY provider, other_provider, timeframe;

        SELECT symbol, {Totals} {Chosen}, symbol
        ORDER BY disagreement_rate DESC NULLS LAST, max_difference DESC NULLS LAST, symbol, provider, other_provider, timeframe LIMIT @limit;

        SELECT day, {Totals} {Chosen}, day ORDER BY day, provider, other_provider, timeframe;
        """;

    /// <summary>Reads it.</summary>
    /// <param name="symbol">The only symbol, or null.</param>
    /// <param name="timeframe">The only interval, or null.</param>
    /// <param name="provider">One provider of each pair, or null.</param>
    /// <param name="start">The first day.</param>
    /// <param name="end">The last day.</param>
    /// <param name="limit">Symbols at most.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<CrossCheckRows> ReadAsync(
        string? symbol, string? timeframe, string? provider, DateOnly start, DateOnly end, int limit, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var results = await connection.QueryMultipleAsync(
            Sql.Command("read cross-checks", CrossChecks, new { symbol, timeframe, provider, start, end, limit }, cancellation));
        return new(
            Pairs: (await results.ReadAsync<CrossCheckTotals>()).AsList(),
            Symbols: (await results.ReadAsync<SymbolCrossCheck>()).AsList(),
            Days: (await results.ReadAsync<DailyCrossCheck>()).AsList());
    }
}
