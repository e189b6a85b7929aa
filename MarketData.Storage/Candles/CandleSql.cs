using System.Text;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;
using Npgsql;
using NpgsqlTypes;

namespace MarketData.Storage.Candles;

/// <summary>Turns a <see cref="CandleQuery"/> into a command whose columns are those of a <see cref="CandleBatch"/>.</summary>
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
    /// <param name="connection">Where from.</param>
    /// <param name="query">Which.</param>
    /// <param name="descending">Newest first.</param>
    /// <param name="limit">Rows at most.</param>
    public static NpgsqlCommand Select(NpgsqlConnection connection, CandleQuery query, bool descending, int? limit)
    {
        var command = connection.CreateCommand();
        var parameters = new SqlParameters(command);
        var sql = new StringBuilder($"SELECT {Columns(query)} FROM {Source(query, parameters, "c")}");
        if (query is { Values: true, Features: true })
            sql.Append($" LEFT JOIN candle_features f ON f.ts = c.ts AND {Range(query, parameters, "f")}{KnownThen(query, parameters, "f.computed_at")}");
        sql.Append($" WHERE {Filter(query, parameters, "c")}");
        if (query is { Newest: true, Limit: { } newest } && !descending)
        {
            sql.Append($" AND c.ts >= (SELECT min(ts) FROM (SELECT n.ts FROM {Source(query, parameters, "n")} ")
                .Append($"WHERE {Filter(query, parameters, "n")} ORDER BY n.ts DESC LIMIT {newest}) newest)");
        }

        sql.Append(descending ? " ORDER BY c.ts DESC" : " ORDER BY c.ts");
        if (limit is { } rows)
            sql.Append($" LIMIT {rows}");
        command.CommandText = sql.ToString();
        return command;
    }

    private static string Columns(CandleQuery query)
    {
        var values = query.Values ? ValueColumns(query.Instrument.AssetClass).Select(column => "c." + column) : [];
        var features = query.Features ? FeatureCatalogue.For(query.Instrument.AssetClass).Select(feature => (query.Values ? "f." : "c.") + feature.Name) : [];
        return string.Join(", ", [.. values.Prepend("c.ts"), .. features]);
    }

    // As of an instant: what is on record since then or before, and what has been replaced since.
    private static string Source(CandleQuery query, SqlParameters parameters, string alias)
    {
        if (!query.Values)
            return $"candle_features {alias}";
        if (query.AsOf is null)
            return $"candles {alias}";
        var columns = "ts, " + string.Join(", ", ValueColumns(query.Instrument.AssetClass));
        return $"""
            (SELECT {columns} FROM candles h WHERE {Range(query, parameters, "h")}{KnownThen(query, parameters, "h.recorded_at")}
             UNION ALL
             SELECT {columns} FROM candle_revisions r WHERE {Range(query, parameters, "r")}{KnownThen(query, parameters, "r.recorded_at")}
                AND r.replaced_at > {parameters.Add(query.AsOf.Value, NpgsqlDbType.TimestampTz)}) {alias}
            """;
    }

    private static string Filter(CandleQuery query, SqlParameters parameters, string alias)
    {
        if (!query.Values)
            return Range(query, parameters, alias) + KnownThen(query, parameters, $"{alias}.computed_at");
        var sql = query.AsOf is null ? Range(query, parameters, alias) : "true";
        if (query.ValidatedOnly)
            sql += $" AND {alias}.is_validated";
        if (query.MinimumScore is { } score)
            sql += $" AND {alias}.quality_score >= {parameters.Add(score, NpgsqlDbType.Double)}";
        return sql;
    }

    private static string Range(CandleQuery query, SqlParameters parameters, string alias)
    {
        var sql = new StringBuilder($"{alias}.symbol = {parameters.Add(query.Instrument.Symbol.Value, NpgsqlDbType.Text)}")
            .Append($" AND {alias}.timeframe = {parameters.Add(query.Interval.Name(), NpgsqlDbType.Text)}");
        foreach (var (comparison, bound) in (ReadOnlySpan<(string, DateTime?)>)[(">=", query.From), ("<=", query.To), (">", query.After), ("<", query.Before)])
        {
            if (bound is { } instant)
                sql.Append($" AND {alias}.ts {comparison} {parameters.Add(instant, NpgsqlDbType.TimestampTz)}");
        }

        return sql.ToString();
    }

    private static string KnownThen(CandleQuery query, SqlParameters parameters, string column) =>
        query.AsOf is { } instant ? $" AND {column} <= {parameters.Add(instant, NpgsqlDbType.TimestampTz)}" : "";
}
