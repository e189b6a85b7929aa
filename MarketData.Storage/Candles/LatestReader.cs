using System.Collections.Concurrent;
using System.Data;
using System.Text;
using Dapper;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>
/// Reads the newest candle of each of many series, with what changed since the one before and its features: one query for all. Those of all
/// symbols are kept, and read anew only after a write to one of their series.
/// </summary>
public sealed class LatestReader(NpgsqlDataSource database)
{
    /// <summary>The close of the candle before, adjusted as the newest is; null where there is none.</summary>
    public const string PreviousClose = "previous_close";

    /// <summary>The close less the one before.</summary>
    public const string Change = "change";

    /// <summary>The change as a share of the close before: 0.01 is one per cent.</summary>
    public const string ChangeRate = "change_rate";

    /// <summary>Seconds since the candle closed; 0 while it is forming.</summary>
    public const string Age = "age_seconds";

    // Another one after each write to a series, or to what is computed of it: a row's transaction id changes with every write to it.
    // After a failover it may be another write's.
    private const string Fingerprint = $"""
        SELECT concat_ws(
            '.', {ServerTimeline.Current}, count(*), sum(hashint8extended(r.xmin::text::bigint, r.id)), sum(hashint8extended(f.xmin::text::bigint, r.id)))
        FROM series r LEFT JOIN latest_features f ON f.symbol = r.symbol AND f.timeframe = r.timeframe WHERE r.timeframe = @timeframe
        """;

    private readonly CandleSources _sources = CandleSources.Of(database);
    private readonly ConcurrentDictionary<(BarInterval, bool), (string Fingerprint, LatestRows Rows)> _kept = new();

    /// <summary>The columns that a row has beside those of a candle.</summary>
    public static IReadOnlyList<string> Names { get; } = [PreviousClose, Change, ChangeRate, Age];

    /// <summary>Reads them.</summary>
    /// <param name="symbols">Only these symbols; null for all that are tracked.</param>
    /// <param name="assetClass">Only symbols of this class; null for all.</param>
    /// <param name="interval">The interval.</param>
    /// <param name="features">Whether to give their features.</param>
    /// <param name="cancellation">Stops the query.</param>
    /// <returns>A row for each series that has a candle, by symbol. Of all symbols it is the same object for as long as nothing is written.</returns>
    public async Task<LatestRows> ReadAsync(
        IReadOnlyCollection<Symbol>? symbols, AssetClass? assetClass, BarInterval interval, bool features, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        if (symbols is not null || assetClass is not null)
            return await ReadAsync(connection, symbols, assetClass, interval, features, cancellation);

        var fingerprint = await connection.ExecuteScalarAsync<string>(
            Sql.Command("look for newer candles", Fingerprint, new { timeframe = interval.Name() }, cancellation)) ?? "";
        if (_kept.TryGetValue((interval, features), out var kept) && kept.Fingerprint == fingerprint)
            return kept.Rows;
        var rows = await ReadAsync(connection, null, null, interval, features, cancellation);
        _kept[(interval, features)] = (fingerprint, rows);
        return rows;
    }

    private async Task<LatestRows> ReadAsync(
        NpgsqlConnection connection, IReadOnlyCollection<Symbol>? symbols, AssetClass? assetClass, BarInterval interval, bool features,
        CancellationToken cancellation)
    {
        var shape = new CandleQuery
        {
            Instrument = default,
            Interval = interval,
            SymbolColumn = true,
            Extras = Names,
            Features = features,
            Microstructure = assetClass is null or AssetClass.Crypto,
        };
        var rows = new LatestRows(shape);
        await using (var reader = await BinaryCopyReader.BeginAsync(connection, "read newest candles", Select(shape, symbols, assetClass), cancellation))
        {
            while (await reader.ReadAsync(cancellation))
                rows.Add(reader.Row);
        }

        // Few have an action as new as their last two candles.
        rows.Complete(await CorporateActionReader.ReadFactorsAsync(connection, rows.WithActions, interval, null, cancellation));
        await rows.Batch.CompleteAsync(_sources, connection, cancellation);
        return rows;
    }

    // A series says when its last candle is, so the two newest are found without a look at the parts of time that come after.
    private static string Select(CandleQuery shape, IReadOnlyCollection<Symbol>? symbols, AssetClass? assetClass)
    {
        var (bars, extras, timeframe) = (CandleTables.Bars(shape.Interval), CandleTables.Microstructure(shape.Interval), SqlLiteral.Of(shape.Interval.Name()));
        // Of a series that has ended any action may be newer than its last two candles.
        var sql = new StringBuilder(
            "SELECT s.symbol, s.asset_class, CASE WHEN r.last_ts < now() - interval '30 days' THEN 'infinity'::date ELSE a.ex_date END,\n");
        sql.Append($"c.ts, {CandleColumns.Of("c", CandleColumns.Prices)}");
        if (shape.HasMicrostructure)
            sql.Append($", {CandleColumns.Of("m", CandleColumns.Microstructure)}");
        sql.Append(", c.source, c.issues");
        if (shape.Features)
            sql.Append(", ").AppendJoin(", ", FeaturesOf(shape).Select(feature => "f." + feature.Name));
        sql.Append($"""

            FROM symbols s JOIN series r ON r.symbol = s.symbol AND r.timeframe = {timeframe}
            CROSS JOIN LATERAL (
                SELECT b.ts, {CandleColumns.Of("b", CandleColumns.Prices)}, b.source, b.issues
                FROM {bars} b WHERE b.series_id = r.id AND b.ts <= r.last_ts ORDER BY b.ts DESC LIMIT 2) c
            LEFT JOIN (
                SELECT symbol, max(ex_date) AS ex_date FROM corporate_actions WHERE ex_date > current_date - 40 GROUP BY symbol) a ON a.symbol = s.symbol
            """);
        if (shape.HasMicrostructure)
            sql.Append($"\nLEFT JOIN {extras} m ON s.asset_class = 'crypto' AND m.series_id = r.id AND m.ts = c.ts");
        if (shape.Features)
            sql.Append($"\nLEFT JOIN latest_features f ON f.symbol = s.symbol AND f.timeframe = {timeframe} AND f.ts = c.ts");
        // A name that is none, tracked by an earlier build, is no symbol.
        sql.Append("\nWHERE s.symbol ~ '^[A-Z0-9^]'");
        if (assetClass is { } one)
            sql.Append($" AND s.asset_class = {SqlLiteral.Of(one.Name())}");
        if (symbols is not null)
            sql.Append($" AND s.symbol = ANY (ARRAY[{string.Join(", ", symbols.Select(symbol => SqlLiteral.Of(symbol.Value)))}]::text[])");
        return sql.Append("\nORDER BY s.symbol COLLATE \"C\", c.ts DESC").ToString();
    }

    internal static IReadOnlyList<Feature> FeaturesOf(CandleQuery shape) =>
        shape.HasMicrostructure ? FeatureCatalogue.All : FeatureCatalogue.For(shape.Instrument.AssetClass);
}
