using MarketData.Domain.Adjustments;
using MarketData.Domain.Candles;

namespace MarketData.Storage.Candles;

/// <summary>
/// Stores the candles of a write: straight into an empty range; else what is new or differs from what is there, by way of a stage. To read what
/// is there and compare it here takes half the time of sending everything and comparing it there.
/// </summary>
internal sealed class CandleMerge
{
    private const int BatchRows = 1024;

    // A session keeps its stage, empty: to make and drop it for each write would cost more than a small one's everything else.
    private const string Stage = $"""
        CREATE TEMP TABLE IF NOT EXISTS candle_stage ON COMMIT DELETE ROWS AS
            SELECT {CandleColumns.Bars}, {CandleColumns.Microstructure}, false AS is_new, false AS is_revised
            FROM bars_1d LEFT JOIN microstructure_1d USING (series_id, ts) WITH NO DATA;
        """;

    private static readonly Dictionary<BarInterval, CandleMerge> OfIntervals =
        BarIntervals.All.ToDictionary(interval => interval, interval => new CandleMerge(interval));

    private readonly BarInterval _interval;
    private readonly string _any;
    private readonly string _merge;

    private CandleMerge(BarInterval interval)
    {
        _interval = interval;
        _any = $"""
            SELECT EXISTS (SELECT FROM {CandleTables.Bars(interval)} WHERE series_id = @seriesId AND ts >= @from AND ts <= @to),
                   to_regclass('pg_temp.candle_stage') IS NOT NULL
            """;
        _merge = Merge(interval);
    }

    /// <summary>Stores them.</summary>
    /// <returns>What became of them, and the instant of the first that is new or has other values than before; null when there is none.</returns>
    public static Task<(WriteResult Result, DateTime? ChangedFrom)> StoreAsync(WriteSession session) =>
        OfIntervals[session.Write.Interval].StoreCandlesAsync(session);

    // Old values first, then the new ones in their place. What is neither new nor revised is judged, not valued, otherwise.
    private static string Merge(BarInterval interval)
    {
        var (bars, extras) = (CandleTables.Bars(interval), CandleTables.Microstructure(interval));
        return $"""
            INSERT INTO candle_revisions (
                symbol, timeframe, ts, recorded_at, {CandleColumns.Prices}, {CandleColumns.Microstructure},
                source, is_validated, quality_score, validation_notes, gap_detected, volume_anomaly, job_id)
            SELECT @symbol, @timeframe, b.ts, b.recorded_at, {CandleColumns.Of("b", CandleColumns.Prices)}, {CandleColumns.Of("m", CandleColumns.Microstructure)},
                   k.name, b.issues & {CandleTables.Validated} <> 0, candle_score(b.issues), candle_notes(b.issues), b.issues & 32 <> 0, b.issues & 4 <> 0, @jobId
            FROM {bars} b LEFT JOIN {extras} m ON m.series_id = @seriesId AND m.ts = b.ts AND m.ts >= @changedFrom AND m.ts <= @changedTo
            JOIN candle_stage s ON s.ts = b.ts JOIN candle_sources k ON k.id = b.source
            WHERE b.series_id = @seriesId AND b.ts >= @changedFrom AND b.ts <= @changedTo AND s.is_revised;

            UPDATE {bars} b SET ({CandleColumns.Prices}, source, issues) = ({CandleColumns.Of("s", CandleColumns.Prices)}, s.source, s.issues),
                recorded_at = CASE WHEN s.is_revised THEN now() ELSE b.recorded_at END
            FROM candle_stage s
            WHERE b.series_id = @seriesId AND b.ts = s.ts AND b.ts >= @changedFrom AND b.ts <= @changedTo AND NOT s.is_new;

            INSERT INTO {bars} ({CandleColumns.Bars})
            SELECT {CandleColumns.Bars} FROM candle_stage WHERE is_new;

            DELETE FROM {extras} m USING candle_stage s
            WHERE m.series_id = @seriesId AND m.ts = s.ts AND m.ts >= @changedFrom AND m.ts <= @changedTo AND s.is_revised;

            INSERT INTO {extras} ({CandleColumns.Extras})
            SELECT {CandleColumns.Extras} FROM candle_stage WHERE (is_new OR is_revised) AND num_nonnulls({CandleColumns.Microstructure}) > 0;

            {BulkMarks.Within}
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

        var changes = await CompareAsync(session);
        if (changes.Count > 0)
        {
            if (!hasStage)
                await session.ExecuteAsync("create candle stage", Stage);
            await CandleColumns.CopyChangesAsync(session, "candle_stage", changes);
            var (first, last) = (candles.Span[changes[0].Index], candles.Span[changes[^1].Index]);
            await session.ExecuteAsync("merge candles", _merge, new { changedFrom = first.Candle.Timestamp, changedTo = last.Candle.Timestamp });
        }

        var (inserted, updated) = (changes.Count(change => change.IsNew), changes.Count(change => change.IsRevised));
        var changedFrom = changes.Where(change => change.IsNew || change.IsRevised).Select(change => (int?)change.Index).FirstOrDefault();
        return (
            new WriteResult(inserted, updated, changes.Count - inserted - updated, candles.Length - changes.Count),
            changedFrom is { } index ? candles.Span[index].Candle.Timestamp : null);
    }

    // Both are in order of time.
    private static async Task<List<CandleChange>> CompareAsync(WriteSession session)
    {
        var (write, candles) = (session.Write, session.Write.Candles);
        var range = new CandleQuery
        {
            Instrument = write.Instrument,
            Interval = write.Interval,
            From = candles.Span[0].Candle.Timestamp,
            To = candles.Span[^1].Candle.Timestamp,
        };
        var (changes, next) = (new List<CandleChange>(), 0);
        await foreach (var batch in CandleStream.ReadAsync(
            session.Connection, "read stored candles", session.SeriesId, range, AdjustmentFactors.None, BatchRows, session.Cancellation))
            next = Compare(session, batch, next, changes);
        for (; next < candles.Length; next++)
            changes.Add(new CandleChange(next, IsNew: true, IsRevised: false));
        return changes;
    }

    private static int Compare(WriteSession session, CandleBatch stored, int next, List<CandleChange> changes)
    {
        var candles = session.Write.Candles.Span;
        var known = stored.Candles();
        for (var row = 0; row < known.Length; row++)
        {
            for (; next < candles.Length && candles[next].Candle.Timestamp < known[row].Timestamp; next++)
                changes.Add(new CandleChange(next, IsNew: true, IsRevised: false));
            if (next == candles.Length || candles[next].Candle.Timestamp > known[row].Timestamp)
                continue;
            var isRevised = candles[next].Candle != known[row];
            if (isRevised || stored.Verdict(row) != (session.Sources.Id(candles[next].Source), CandleColumns.Issues(candles[next], session.Write.MinimumScore)))
                changes.Add(new CandleChange(next, IsNew: false, isRevised));
            next++;
        }

        return next;
    }
}
