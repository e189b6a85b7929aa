using MarketData.Domain.Candles;

namespace MarketData.Storage.Candles;

/// <summary>Stores the candles of a write: straight into an empty range, else by way of a stage, so that only what is new or differs is written.</summary>
internal sealed class CandleMerge
{
    // A session keeps its stages, empty: to make and drop them for each write would cost more than a small one's everything else.
    private const string Stage = $"""
        CREATE TEMP TABLE candle_stage ON COMMIT DELETE ROWS AS
            SELECT {CandleColumns.Bars}, {CandleColumns.Microstructure}
            FROM bars_1d LEFT JOIN microstructure_1d USING (series_id, ts) WITH NO DATA;
        CREATE TEMP TABLE candle_changes (ts timestamptz NOT NULL, is_new boolean NOT NULL, is_revised boolean NOT NULL) ON COMMIT DELETE ROWS;
        """;

    private static readonly Dictionary<BarInterval, CandleMerge> OfIntervals = BarIntervals.All.ToDictionary(interval => interval, interval => new CandleMerge(interval));

    private readonly BarInterval _interval;
    private readonly string _any;
    private readonly string _compare;
    private readonly string _merge;

    private CandleMerge(BarInterval interval)
    {
        _interval = interval;
        var stored = $"""
            {CandleTables.Bars(interval)} b LEFT JOIN {CandleTables.Microstructure(interval)} m
                ON m.series_id = @seriesId AND m.ts = b.ts AND m.ts >= @from AND m.ts <= @to
            """;
        var newValues = $"{CandleColumns.Of("s", CandleColumns.Prices)}, {CandleColumns.Of("s", CandleColumns.Microstructure)}";
        var oldValues = $"{CandleColumns.Of("b", CandleColumns.Prices)}, {CandleColumns.Of("m", CandleColumns.Microstructure)}";
        _any = $"""
            SELECT EXISTS (SELECT FROM {CandleTables.Bars(interval)} WHERE series_id = @seriesId AND ts >= @from AND ts <= @to),
                   to_regclass('pg_temp.candle_stage') IS NOT NULL
            """;
        // What is new or differs. The rest of a stage is there already and costs no write. Both sides are of one size, and so are hashed: freshly
        // written tables have no statistics yet by which the planner would see that.
        _compare = $"""
            SET LOCAL enable_nestloop = off;

            INSERT INTO candle_changes
            SELECT s.ts, o.ts IS NULL, o.ts IS NOT NULL AND ROW({newValues}) IS DISTINCT FROM o.old
            FROM candle_stage s LEFT JOIN (
                SELECT b.ts, ROW({oldValues}) AS old, b.source, b.issues
                FROM {stored} WHERE b.series_id = @seriesId AND b.ts >= @from AND b.ts <= @to) o ON o.ts = s.ts
            WHERE o.ts IS NULL OR (s.source, s.issues) IS DISTINCT FROM (o.source, o.issues) OR ROW({newValues}) IS DISTINCT FROM o.old;

            RESET enable_nestloop;

            SELECT EXISTS (SELECT FROM candle_changes);
            """;
        _merge = Merge(interval, stored, oldValues);
    }

    /// <summary>Stores them.</summary>
    /// <returns>What became of them, and the instant of the first that is new or has other values than before; null when there is none.</returns>
    public static Task<(WriteResult Result, DateTime? ChangedFrom)> StoreAsync(WriteSession session) =>
        OfIntervals[session.Write.Interval].StoreCandlesAsync(session);

    // Old values first, then the new ones in their place. What differs and is not revised is judged, not valued, otherwise.
    private static string Merge(BarInterval interval, string stored, string oldValues)
    {
        var (bars, extras) = (CandleTables.Bars(interval), CandleTables.Microstructure(interval));
        return $"""
            INSERT INTO candle_revisions (
                symbol, timeframe, ts, recorded_at, {CandleColumns.Prices}, {CandleColumns.Microstructure},
                source, is_validated, quality_score, validation_notes, gap_detected, volume_anomaly, job_id)
            SELECT @symbol, @timeframe, b.ts, b.recorded_at, {oldValues}, k.name, b.issues & {CandleTables.Validated} <> 0,
                   candle_score(b.issues), candle_notes(b.issues), b.issues & 32 <> 0, b.issues & 4 <> 0, @jobId
            FROM {stored} JOIN candle_changes d ON d.ts = b.ts JOIN candle_sources k ON k.id = b.source
            WHERE b.series_id = @seriesId AND b.ts >= @from AND b.ts <= @to AND d.is_revised;

            UPDATE {bars} b SET ({CandleColumns.Prices}, source, issues) = ({CandleColumns.Of("s", CandleColumns.Prices)}, s.source, s.issues),
                recorded_at = CASE WHEN d.is_revised THEN now() ELSE b.recorded_at END
            FROM candle_changes d JOIN candle_stage s USING (ts)
            WHERE b.series_id = @seriesId AND b.ts = d.ts AND b.ts >= @from AND b.ts <= @to AND NOT d.is_new;

            INSERT INTO {bars} ({CandleColumns.Bars})
            SELECT {CandleColumns.Bars} FROM candle_stage s JOIN candle_changes d USING (ts) WHERE d.is_new;

            DELETE FROM {extras} m USING candle_changes d
            WHERE m.series_id = @seriesId AND m.ts = d.ts AND m.ts >= @from AND m.ts <= @to AND d.is_revised;

            INSERT INTO {extras} ({CandleColumns.Extras})
            SELECT {CandleColumns.Extras} FROM candle_stage s JOIN candle_changes d USING (ts)
            WHERE (d.is_new OR d.is_revised) AND num_nonnulls({CandleColumns.Microstructure}) > 0;

            SELECT count(*) FILTER (WHERE is_new) AS inserted, count(*) FILTER (WHERE is_revised) AS updated,
                   count(*) FILTER (WHERE NOT is_new AND NOT is_revised) AS rescored, min(ts) FILTER (WHERE is_new OR is_revised) AS changed_from
            FROM candle_changes;
            """;
    }

    private async Task<(WriteResult, DateTime?)> StoreCandlesAsync(WriteSession session)
    {
        var candles = session.Write.Candles;
        if (candles.IsEmpty)
            return (new WriteResult(0, 0, 0, 0), null);
        var (isAny, hasStage) = await session.QuerySingleAsync<(bool, bool)>("look for stored candles", _any);
        if (!isAny)
        {
            await CandleColumns.CopyBarsAsync(session, CandleTables.Bars(_interval));
            if (CandleColumns.HasExtras(candles.Span))
                await CandleColumns.CopyExtrasAsync(session, CandleTables.Microstructure(_interval));
            return (new WriteResult(candles.Length, 0, 0, 0), candles.Span[0].Candle.Timestamp);
        }

        if (!hasStage)
            await session.ExecuteAsync("create candle stage", Stage);
        await CandleColumns.CopyAllAsync(session, "candle_stage");
        var (inserted, updated, rescored, changedFrom) = await session.ScalarAsync<bool>("compare candles", _compare)
            ? await session.QuerySingleAsync<(long, long, long, DateTime?)>("merge candles", _merge)
            : (0, 0, 0, null);
        return (new WriteResult(inserted, updated, rescored, candles.Length - inserted - updated - rescored), changedFrom);
    }
}
