using System.Text;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;

namespace MarketData.Storage.Candles;

/// <summary>Turns a <see cref="CandleQuery"/> into a statement whose columns are those of a <see cref="CandleBatch"/>.</summary>
internal static class CandleSql
{
    /// <summary>The columns that crypto alone has.</summary>
    public static readonly string[] Microstructure =
        ["open_interest", "funding_rate", "long_short_ratio", "long_liquidations", "short_liquidations", "taker_buy_volume", "taker_sell_volume"];

    /// <summary>The columns of a candle after its instant, in the API's order.</summary>
    public static string[] ValueColumns(AssetClass assetClass) =>
    [
        "open", "high", "low", "close", "volume", "vwap", "trade_count",
        .. assetClass == AssetClass.Crypto ? Microstructure : [],
        "source", "is_validated", "quality_score", "validation_notes",
    ];

    /// <summary>Reads the rows in order of time.</summary>
    /// <param name="query">Which.</param>
    /// <param name="descending">Newest first.</param>
    /// <param name="limit">Rows at most.</param>
    public static string Select(CandleQuery query, bool descending, int? limit)
    {
        var sql = new StringBuilder($"SELECT {Columns(query)} FROM {Source(query, "c")}");
        if (query is { Values: true, Features: true })
            sql.Append($" LEFT JOIN candle_features f ON f.ts = c.ts AND {Range(query, "f")}{KnownThen(query, "f.computed_at")}");
        sql.Append($" WHERE {Filter(query, "c")}");
        if (query is { Newest: true, Limit: { } newest } && !descending)
        {
            sql.Append($" AND c.ts >= (SELECT min(ts) FROM (SELECT n.ts FROM {Source(query, "n")} ")
                .Append($"WHERE {Filter(query, "n")} ORDER BY n.ts DESC LIMIT {newest}) newest)");
        }

        sql.Append(descending ? " ORDER BY c.ts DESC" : " ORDER BY c.ts");
        if (limit is { } rows)
            sql.Append($" LIMIT {rows}");
        return sql.ToString();
    }

    private static string Columns(CandleQuery query)
    {
        var values = query.Values ? ValueColumns(query.Instrument.AssetClass).Select(column => "c." + column) : [];
        var features = query.Features ? FeatureCatalogue.For(query.Instrument.AssetClass).Select(feature => (query.Values ? "f." : "c.") + feature.Name) : [];
        return string.Join(", ", [.. values.Prepend("c.ts"), .. features]);
    }

    // As of an instant: what is on record since then or before, and what has been replaced since.
    private static string Source(CandleQuery query, string alias)
    {
        if (!query.Values)
            return $"candle_features {alias}";
        if (query.AsOf is null)
            return $"candles {alias}";
        var columns = "ts, " + string.Join(", ", ValueColumns(query.Instrument.AssetClass));
        return $"""
            (SELECT {columns} FROM candles h WHERE {Range(query, "h")}{KnownThen(query, "h.recorded_at")}
             UNION ALL
             SELECT {columns} FROM candle_revisions r WHERE {Range(query, "r")}{KnownThen(query, "r.recorded_at")}
                AND r.replaced_at > {SqlLiteral.Of(query.AsOf.Value)}) {alias}
            """;
    }

    private static string Filter(CandleQuery query, string alias)
    {
        if (!query.Values)
            return Range(query, alias) + KnownThen(query, $"{alias}.computed_at");
        var sql = query.AsOf is null ? Range(query, alias) : "true";
        if (query.ValidatedOnly)
            sql += $" AND {alias}.is_validated";
        if (query.MinimumScore is { } score)
            sql += $" AND {alias}.quality_score >= {SqlLiteral.Of(score)}";
        return sql;
    }

    private static string Range(CandleQuery query, string alias)
    {
        var sql = new StringBuilder($"{alias}.symbol = {SqlLiteral.Of(query.Instrument.Symbol.Value)}")
            .Append($" AND {alias}.timeframe = {SqlLiteral.Of(query.Interval.Name())}");
        foreach (var (comparison, bound) in (ReadOnlySpan<(string, DateTime?)>)[(">=", query.From), ("<=", query.To), (">", query.After), ("<", query.Before)])
        {
            if (bound is { } instant)
                sql.Append($" AND {alias}.ts {comparison} {SqlLiteral.Of(instant)}");
        }

        return sql.ToString();
    }

    private static string KnownThen(CandleQuery query, string column) =>
        query.AsOf is { } instant ? $" AND {column} <= {SqlLiteral.Of(instant)}" : "";
}
