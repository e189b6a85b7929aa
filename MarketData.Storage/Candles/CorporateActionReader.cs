using Dapper;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Candles;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>Reads what prices are adjusted by, now or as of a past instant.</summary>
public sealed class CorporateActionReader(NpgsqlDataSource database)
{
    // As of an instant: what is in effect since then or before, and what has been replaced since.
    private const string Actions = """
        SELECT ex_date, ratio_from AS "from", ratio_to AS "to" FROM corporate_actions
        WHERE symbol = @symbol AND kind = 'split' AND (@asOf::timestamptz IS NULL OR recorded_at <= @asOf)
        UNION ALL
        SELECT ex_date, ratio_from, ratio_to FROM corporate_action_history
        WHERE symbol = @symbol AND kind = 'split' AND recorded_at <= @asOf AND replaced_at > @asOf;

        SELECT a.ex_date, a.cash_amount AS amount, coalesce(was.close, c.close) AS close_before
        FROM (
            SELECT ex_date, cash_amount FROM corporate_actions
            WHERE symbol = @symbol AND kind = 'dividend' AND (@asOf::timestamptz IS NULL OR recorded_at <= @asOf)
            UNION ALL
            SELECT ex_date, cash_amount FROM corporate_action_history
            WHERE symbol = @symbol AND kind = 'dividend' AND recorded_at <= @asOf AND replaced_at > @asOf) a
        JOIN series s ON s.symbol = @symbol AND s.timeframe = '1d'
        CROSS JOIN LATERAL (
            SELECT ts, close FROM bars_1d WHERE series_id = s.id AND ts < a.ex_date::timestamp AT TIME ZONE 'UTC' ORDER BY ts DESC LIMIT 1) c
        LEFT JOIN candle_revisions was ON was.symbol = @symbol AND was.timeframe = '1d' AND was.ts = c.ts
            AND was.recorded_at <= @asOf AND was.replaced_at > @asOf;
        """;

    /// <summary>The factors for splits, and for dividends as shares of the daily close before each ex-date.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="asOf">Only what was on record at this instant, UTC; null for all.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<AdjustmentFactors> ReadFactorsAsync(Symbol symbol, DateTime? asOf, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await ReadFactorsAsync(connection, symbol, asOf, cancellation);
    }

    /// <summary>Whether a dividend of the symbol's is measured by one of the daily closes from an instant on, UTC.</summary>
    public async Task<bool> IsDividendAfterAsync(Symbol symbol, DateTime changedFrom, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.ExecuteScalarAsync<bool>(
            Sql.Command("look for later dividends", FeatureRows.IsDividendAfter, new { symbol = symbol.Value, changedFrom }, cancellation));
    }

    /// <summary>The factors within the caller's transaction.</summary>
    internal static async Task<AdjustmentFactors> ReadFactorsAsync(
        NpgsqlConnection connection, Symbol symbol, DateTime? asOf, CancellationToken cancellation)
    {
        await using var results = await connection.QueryMultipleAsync(
            Sql.Command("read adjustments", Actions, new { symbol = symbol.Value, asOf }, cancellation));
        var splits = await results.ReadAsync<StockSplit>();
        var dividends = await results.ReadAsync<(DateOnly ExDate, double Amount, double CloseBefore)>();
        return AdjustmentFactors.Of(splits, dividends);
    }
}
