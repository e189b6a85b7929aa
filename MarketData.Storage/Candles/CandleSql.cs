using System.Globalization;
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
        var sql = new StringBuilder($"SELECT {Values(query)} FROM {Source(query, Key.Of(query, seriesId))} c WHERE {Filter(query)}");
        sql.Append(descending ? " ORDER BY c.ts DESC" : " ORDER BY c.ts");
        if (limit is { } rows)
            sql.Append($" LIMIT {rows}");
        return sql.ToString();
    }

    /// <summary>
    /// Reads the rows of several series, one after another, each in order of time; before the columns of a row stands its part's place, from 1 on.
    /// </summary>
    /// <param name="query">What is the same for all of them.</param>
    /// <param name="parts">The series.</param>
    /// <param name="limit">Rows of each at most: the oldest.</param>
    public static string SelectParts(CandleQuery query, IReadOnlyList<SeriesPart> parts, int? limit) => $"""
        SELECT k.n, c.* FROM {Parts(query, parts)} CROSS JOIN LATERAL (
            SELECT {Values(query)} FROM {Source(query, Key.OfParts(parts))} c WHERE {Filter(query)} ORDER BY c.ts{(limit is { } rows ? $" LIMIT {rows}" : "")}) c
        """;

    /// <summary>Reads, of each series, its part's place and the instants of the first and the last of the rows that a limit leaves, and how many those are.</summary>
    public static string SelectBounds(CandleQuery query, IReadOnlyList<SeriesPart> parts, int limit) => $"""
        SELECT k.n, b.first, b.last, b.count FROM {Parts(query, parts)} CROSS JOIN LATERAL (
            SELECT min(ts) AS first, max(ts) AS last, count(*) AS count FROM (
                SELECT c.ts FROM {Source(query, Key.OfParts(parts))} c WHERE {Filter(query)} ORDER BY c.ts{(query.Newest ? " DESC" : "")} LIMIT {limit}) n) b
        """;

    private static string Values(CandleQuery query) =>
        $"c.ts, {CandleColumns.Of("c", CandleColumns.Prices)}"
        + (query.HasMicrostructure ? $", {CandleColumns.Of("c", CandleColumns.Microstructure)}" : "") + ", c.source, c.issues";

    // Arrays are read in order, and what depends on their elements is read for one after another: there is no other way to join them.
    private static string Parts(CandleQuery query, IReadOnlyList<SeriesPart> parts)
    {
        var symbols = query.AsOf is null ? "" : $", ARRAY[{string.Join(", ", parts.Select(part => SqlLiteral.Of(part.Query.Instrument.Symbol.Value)))}]";
        return $"""
            unnest(ARRAY[{string.Join(", ", parts.Select(part => part.Id))}],
                ARRAY[{string.Join(", ", parts.Select(part => part.ReadFrom is { } from ? SqlLiteral.Of(from) : "'-infinity'::timestamptz"))}],
                ARRAY[{string.Join(", ", parts.Select(part => part.Query.Until is { } until ? SqlLiteral.Of(until) : "'infinity'::timestamptz"))}]{symbols})
                WITH ORDINALITY AS k (id, lower, upper{(query.AsOf is null ? "" : ", symbol")}, n)
            """;
    }

    // As of an instant: what is on record since then or before, and what has been replaced since.
    private static string Source(CandleQuery query, Key key)
    {
        var present = Present(query, key);
        if (query.AsOf is null)
            return $"({present})";
        var extras = query.HasMicrostructure ? ", " + CandleColumns.Of("r", CandleColumns.Microstructure) : "";
        return $"""
            ({present} AND b.recorded_at <= {SqlLiteral.Of(query.AsOf.Value)}
             UNION ALL
             SELECT r.ts, {CandleColumns.Of("r", CandleColumns.Prices)}{extras}, o.id, candle_issues(r.validation_notes, r.is_validated)
             FROM candle_revisions r JOIN candle_sources o ON o.name = r.source
             WHERE r.symbol = {key.Symbol} AND r.timeframe = {SqlLiteral.Of(query.Interval.Name())}{key.Range("r")}
                AND r.recorded_at <= {SqlLiteral.Of(query.AsOf.Value)} AND r.replaced_at > {SqlLiteral.Of(query.AsOf.Value)})
            """;
    }

    // The bounds on both sides of the join: the planner makes one of the other for a single value only.
    private static string Present(CandleQuery query, Key key)
    {
        var (bars, extras) = (CandleTables.Bars(query.Interval), CandleTables.Microstructure(query.Interval));
        return query.HasMicrostructure
            ? $"""
               SELECT b.ts, {CandleColumns.Of("b", CandleColumns.Prices)}, {CandleColumns.Of("m", CandleColumns.Microstructure)}, b.source, b.issues
               FROM {bars} b LEFT JOIN {extras} m ON m.series_id = {key.SeriesId} AND m.ts = b.ts{key.Range("m")}
               WHERE b.series_id = {key.SeriesId}{key.Range("b")}
               """
            : $"""
               SELECT b.ts, {CandleColumns.Of("b", CandleColumns.Prices)}, b.source, b.issues FROM {bars} b
               WHERE b.series_id = {key.SeriesId}{key.Range("b")}
               """;
    }

    private static string Filter(CandleQuery query)
    {
        var sql = query.ValidatedOnly ? $"c.issues & {CandleTables.Validated} <> 0" : "true";
        if (query.MinimumScore is { } score)
            sql += $" AND candle_score(c.issues) >= {SqlLiteral.Of(score)}";
        return sql;
    }

    private static string Bounds(string alias, params ReadOnlySpan<(string Comparison, DateTime? Bound)> bounds)
    {
        var sql = new StringBuilder();
        foreach (var (comparison, bound) in bounds)
        {
            if (bound is { } instant)
                sql.Append($" AND {alias}.ts {comparison} {SqlLiteral.Of(instant)}");
        }

        return sql.ToString();
    }

    // What a series is called in a statement, and its bounds in time as conditions on a table.
    private readonly record struct Key(string SeriesId, string Symbol, Func<string, string> Range)
    {
        public static Key Of(CandleQuery query, int seriesId) => new(
            seriesId.ToString(CultureInfo.InvariantCulture), SqlLiteral.Of(query.Instrument.Symbol.Value),
            alias => Bounds(alias, (">=", query.From), ("<=", query.To), (">", query.After), ("<", query.Before)));

        // The outermost bounds too: those are what partitions are left out by before anything is read.
        public static Key OfParts(IReadOnlyList<SeriesPart> parts)
        {
            DateTime? from = parts.All(part => part.ReadFrom is not null) ? parts.Min(part => part.ReadFrom) : null;
            DateTime? until = parts.All(part => part.Query.Until is not null) ? parts.Max(part => part.Query.Until) : null;
            var ownFrom = parts.Any(part => part.ReadFrom != from);
            var ownUntil = parts.Any(part => part.Query.Until != until);
            return new("k.id", "k.symbol", alias => Bounds(alias, (">=", from), ("<", until))
                + (ownFrom ? $" AND {alias}.ts >= k.lower" : "") + (ownUntil ? $" AND {alias}.ts < k.upper" : ""));
        }
    }
}
