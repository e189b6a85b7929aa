using System.Text;
using MarketData.Domain.Candles;

namespace MarketData.Storage.Candles;

/// <summary>Turns a <see cref="CandleQuery"/> into a statement whose columns are those that a <see cref="CandleBatch"/> reads.</summary>
internal static class CandleSql
{
    /// <summary>Reads the rows in order of time.</summary>
    /// <param name="query">Which.</param>
    /// <param name="seriesId">Of which series.</param>
    /// <param name="descending">Newest first.</param>
    /// <param name="limit">Rows at most.</param>
    public static string Select(CandleQuery query, int seriesId, bool descending, int? limit)
    {
        var sql = new StringBuilder($"SELECT c.ts, {CandleColumns.Of("c", CandleColumns.Prices)}");
        if (query.Instrument.AssetClass == AssetClass.Crypto)
            sql.Append($", {CandleColumns.Of("c", CandleColumns.Microstructure)}");
        sql.Append($", c.source, c.issues FROM {Source(query, seriesId, "c")} WHERE {Filter(query, "c")}");
        if (query is { Newest: true, Limit: { } newest } && !descending)
            sql.Append($" AND c.ts >= ({NewestFrom(query, seriesId, newest)})");
        sql.Append(descending ? " ORDER BY c.ts DESC" : " ORDER BY c.ts");
        if (limit is { } rows)
            sql.Append($" LIMIT {rows}");
        return sql.ToString();
    }

    /// <summary>Reads the instant of the first of the newest rows.</summary>
    public static string NewestFrom(CandleQuery query, int seriesId, int count) =>
        $"SELECT min(ts) FROM (SELECT n.ts FROM {Source(query, seriesId, "n")} WHERE {Filter(query, "n")} ORDER BY n.ts DESC LIMIT {count}) newest";

    // As of an instant: what is on record since then or before, and what has been replaced since.
    private static string Source(CandleQuery query, int seriesId, string alias)
    {
        var present = Present(query, seriesId);
        if (query.AsOf is null)
            return $"({present}) {alias}";
        var extras = query.Instrument.AssetClass == AssetClass.Crypto ? ", " + CandleColumns.Of("r", CandleColumns.Microstructure) : "";
        return $"""
            ({present} AND b.recorded_at <= {SqlLiteral.Of(query.AsOf.Value)}
             UNION ALL
             SELECT r.ts, {CandleColumns.Of("r", CandleColumns.Prices)}{extras}, k.id, candle_issues(r.validation_notes, r.is_validated)
             FROM candle_revisions r JOIN candle_sources k ON k.name = r.source
             WHERE r.symbol = {SqlLiteral.Of(query.Instrument.Symbol.Value)} AND r.timeframe = {SqlLiteral.Of(query.Interval.Name())}{Range(query, "r")}
                AND r.recorded_at <= {SqlLiteral.Of(query.AsOf.Value)} AND r.replaced_at > {SqlLiteral.Of(query.AsOf.Value)}) {alias}
            """;
    }

    // The bounds on both sides of the join: the planner makes one of the other for a single value only.
    private static string Present(CandleQuery query, int seriesId)
    {
        var (bars, extras) = (CandleTables.Bars(query.Interval), CandleTables.Microstructure(query.Interval));
        return query.Instrument.AssetClass == AssetClass.Crypto
            ? $"""
               SELECT b.ts, {CandleColumns.Of("b", CandleColumns.Prices)}, {CandleColumns.Of("m", CandleColumns.Microstructure)}, b.source, b.issues
               FROM {bars} b LEFT JOIN {extras} m ON m.series_id = {seriesId} AND m.ts = b.ts{Range(query, "m")}
               WHERE b.series_id = {seriesId}{Range(query, "b")}
               """
            : $"""
               SELECT b.ts, {CandleColumns.Of("b", CandleColumns.Prices)}, b.source, b.issues FROM {bars} b
               WHERE b.series_id = {seriesId}{Range(query, "b")}
               """;
    }

    private static string Filter(CandleQuery query, string alias)
    {
        var sql = query.ValidatedOnly ? $"{alias}.issues & {CandleTables.Validated} <> 0" : "true";
        if (query.MinimumScore is { } score)
            sql += $" AND candle_score({alias}.issues) >= {SqlLiteral.Of(score)}";
        return sql;
    }

    private static string Range(CandleQuery query, string alias)
    {
        var sql = new StringBuilder();
        foreach (var (comparison, bound) in (ReadOnlySpan<(string, DateTime?)>)[(">=", query.From), ("<=", query.To), (">", query.After), ("<", query.Before)])
        {
            if (bound is { } instant)
                sql.Append($" AND {alias}.ts {comparison} {SqlLiteral.Of(instant)}");
        }

        return sql.ToString();
    }
}
