using Dapper;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Storage.Imports;

/// <summary>
/// Takes the candles of an import away again: what one of them replaced comes back, what it alone brought goes, with all that is known of it.
/// The import's values stay on record as revisions, so that reads as of a time before show them.
/// </summary>
public sealed class ImportUndo(NpgsqlDataSource database)
{
    private static readonly TimeSpan PortionTimeout = TimeSpan.FromMinutes(10);

    private static readonly Dictionary<BarInterval, string> Portions = BarIntervals.All.ToDictionary(interval => interval, Portion);

    // Candles are expected to the last one, or as far as they were before the import.
    private const string KnownUntil = "greatest(s.last_ts + interval '1 microsecond', (i.known_until + 1)::timestamp AT TIME ZONE 'UTC')";

    private const string Begin = """
        DELETE FROM rejected_candles WHERE symbol = @symbol AND timeframe = @timeframe AND source = @source;
        DELETE FROM cross_checks WHERE symbol = @symbol AND timeframe = @timeframe AND @source IN (provider, other_provider);
        """;

    private const string Finish = """
        DELETE FROM import_series WHERE name = @import AND symbol = @symbol AND timeframe = @timeframe;
        DELETE FROM backfill_state b USING enrichment_jobs j
        WHERE b.symbol = @symbol AND b.timeframe = @timeframe AND b.status <> 'completed' AND j.job_id = b.job_id AND j.symbol = b.symbol
            AND j.import_name = @import AND EXISTS (SELECT FROM series s WHERE s.symbol = @symbol AND s.timeframe = @timeframe AND s.last_ts IS NULL);
        UPDATE series SET final_through = NULL, provisional_from = NULL WHERE symbol = @symbol AND timeframe = @timeframe AND last_ts IS NULL;
        """;

    /// <summary>The opening instants of the first and the last candle of a series that are of a source, UTC; null when none is.</summary>
    public async Task<(DateTime First, DateTime Last)?> BoundsAsync(string import, Symbol symbol, BarInterval interval, CancellationToken cancellation)
    {
        var bounds = $"""
            SELECT min(b.ts) AS first, max(b.ts) AS last FROM {CandleTables.Bars(interval)} b
            WHERE b.series_id = (SELECT id FROM series WHERE symbol = @symbol AND timeframe = @timeframe)
              AND b.source = (SELECT id FROM candle_sources WHERE name = @source)
            """;
        var arguments = new { symbol = symbol.Value, timeframe = interval.Name(), source = ImportSources.Of(import) };
        var (first, last) = await database.QuerySingleAsync<(DateTime?, DateTime?)>("find candles of import", bounds, arguments, cancellation);
        return first is null ? null : (first.Value, last!.Value);
    }

    /// <summary>The instant up to which candles are expected once an import is undone, UTC; null where none is left.</summary>
    public Task<DateTime?> ExpectedUntilAsync(string import, Symbol symbol, BarInterval interval, CancellationToken cancellation)
    {
        const string until = $"""
            SELECT {KnownUntil} FROM series s LEFT JOIN import_series i ON i.name = @import AND i.symbol = s.symbol AND i.timeframe = s.timeframe
            WHERE s.symbol = @symbol AND s.timeframe = @timeframe AND s.last_ts IS NOT NULL
            """;
        return database.ExecuteScalarAsync<DateTime?>(
            "find end of what is expected", until, new { import, symbol = symbol.Value, timeframe = interval.Name() }, cancellation);
    }

    /// <summary>Undoes a range of a series in one transaction.</summary>
    /// <exception cref="LeaseLostException">The job is another's by now; nothing was changed.</exception>
    public async Task UndoAsync(
        string import, Instrument instrument, BarInterval interval, (DateTime From, DateTime To) range, JobFence fence, Guid jobId,
        CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await JobStore.CheckFenceAsync(connection, transaction, fence, cancellation);
        var arguments = new
        {
            import,
            source = ImportSources.Of(import),
            symbol = instrument.Symbol.Value,
            timeframe = interval.Name(),
            from = range.From,
            to = range.To,
            jobId,
        };
        await connection.ExecuteAsync(Sql.Command("undo part of import", Portions[interval], arguments, cancellation, transaction, PortionTimeout));
        if (interval == BarInterval.OneDay)
            await WeekRows.BuildAgainAsync(connection, transaction, instrument.Symbol, DateOnly.FromDateTime(range.From), cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Forgets what is known of a series by an import alone, beside its candles.</summary>
    /// <exception cref="LeaseLostException">The job is another's by now; nothing was changed.</exception>
    public Task BeginAsync(string import, Symbol symbol, BarInterval interval, JobFence fence, CancellationToken cancellation) =>
        ExecuteAsync("begin undoing series", Begin, import, symbol, interval, fence, cancellation);

    /// <summary>Notes that a series of an import is undone, and forgets what is left of it.</summary>
    /// <exception cref="LeaseLostException">The job is another's by now; nothing was changed.</exception>
    public Task FinishAsync(string import, Symbol symbol, BarInterval interval, JobFence fence, CancellationToken cancellation) =>
        ExecuteAsync("finish undoing series", Finish, import, symbol, interval, fence, cancellation);

    private async Task ExecuteAsync(
        string name, string sql, string import, Symbol symbol, BarInterval interval, JobFence fence, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await JobStore.CheckFenceAsync(connection, transaction, fence, cancellation);
        var arguments = new { import, source = ImportSources.Of(import), symbol = symbol.Value, timeframe = interval.Name() };
        await connection.ExecuteAsync(Sql.Command(name, sql, arguments, cancellation, transaction));
        await transaction.CommitAsync(cancellation);
    }

    // What a candle replaced went on record in the transaction that stored it, at the same instant. That may be a candle of an import as well, of
    // this one or of one that is undone: then what that replaced counts.
    private static string Portion(BarInterval interval)
    {
        var (bars, extras) = (CandleTables.Bars(interval), CandleTables.Microstructure(interval));
        return $"""
            {SeriesWriter.Begin}
            SET LOCAL statement_timeout = '10min';
            INSERT INTO candle_revisions (
                symbol, timeframe, ts, recorded_at, {CandleColumns.Prices}, {CandleColumns.Microstructure},
                source, is_validated, quality_score, validation_notes, gap_detected, volume_anomaly, job_id)
            SELECT @symbol, @timeframe, b.ts, b.recorded_at, {CandleColumns.Of("b", CandleColumns.Prices)}, {CandleColumns.Of("m", CandleColumns.Microstructure)},
                   @source, b.issues & {CandleTables.Validated} <> 0, candle_score(b.issues), candle_notes(b.issues), b.issues & 32 <> 0, b.issues & 4 <> 0, @jobId
            FROM {bars} b LEFT JOIN {extras} m ON m.series_id = b.series_id AND m.ts = b.ts
            WHERE b.series_id = (SELECT id FROM series WHERE symbol = @symbol AND timeframe = @timeframe) AND b.ts >= @from AND b.ts < @to
                AND b.source = (SELECT id FROM candle_sources WHERE name = @source);
            DELETE FROM {extras} m USING {bars} b
            WHERE b.series_id = (SELECT id FROM series WHERE symbol = @symbol AND timeframe = @timeframe) AND b.ts >= @from AND b.ts < @to
                AND b.source = (SELECT id FROM candle_sources WHERE name = @source) AND m.series_id = b.series_id AND m.ts = b.ts;
            WITH RECURSIVE undone AS (SELECT 'import:' || name AS source FROM imports WHERE phase = 'undoing'),
            chain AS (
                SELECT b.series_id, b.ts, b.recorded_at AS since FROM {bars} b
                WHERE b.series_id = (SELECT id FROM series WHERE symbol = @symbol AND timeframe = @timeframe) AND b.ts >= @from AND b.ts < @to
                    AND b.source = (SELECT id FROM candle_sources WHERE name = @source)
                UNION ALL
                SELECT c.series_id, c.ts, r.recorded_at FROM chain c
                JOIN candle_revisions r ON r.symbol = @symbol AND r.timeframe = @timeframe AND r.ts = c.ts AND r.replaced_at = c.since
                WHERE r.source IN (SELECT source FROM undone) AND r.recorded_at < r.replaced_at),
            former AS (
                SELECT c.series_id, r.*, k.id AS source_id FROM chain c
                JOIN candle_revisions r ON r.symbol = @symbol AND r.timeframe = @timeframe AND r.ts = c.ts AND r.replaced_at = c.since
                JOIN candle_sources k ON k.name = r.source
                WHERE r.source NOT IN (SELECT source FROM undone)),
            restored AS (
                UPDATE {bars} b SET ({CandleColumns.Prices}, source, issues, recorded_at) =
                    ({CandleColumns.Of("f", CandleColumns.Prices)}, f.source_id, candle_issues(f.validation_notes, f.is_validated), now())
                FROM former f WHERE b.series_id = f.series_id AND b.ts = f.ts AND b.ts >= @from AND b.ts < @to)
            INSERT INTO {extras} ({CandleColumns.Extras})
            SELECT {CandleColumns.Extras} FROM former WHERE num_nonnulls({CandleColumns.Microstructure}) > 0;
            DELETE FROM {bars} b
            WHERE b.series_id = (SELECT id FROM series WHERE symbol = @symbol AND timeframe = @timeframe) AND b.ts >= @from AND b.ts < @to
                AND b.source = (SELECT id FROM candle_sources WHERE name = @source);
            DELETE FROM price_level_marks m USING series s
            WHERE s.symbol = @symbol AND s.timeframe = @timeframe AND m.series_id = s.id AND m.ts >= @from AND m.ts < @to
                AND NOT EXISTS (SELECT FROM {bars} b WHERE b.series_id = m.series_id AND b.ts = m.ts);
            {FeatureRows.ForgetAll}
            {(interval == BarInterval.OneDay ? FeatureRows.ForgetAdjusted : "")}
            UPDATE series s SET first_ts = (SELECT min(ts) FROM {bars} WHERE series_id = s.id), last_ts = (SELECT max(ts) FROM {bars} WHERE series_id = s.id)
            WHERE s.symbol = @symbol AND s.timeframe = @timeframe;
            DELETE FROM gaps g USING series s LEFT JOIN import_series i ON i.name = @import AND i.symbol = s.symbol AND i.timeframe = s.timeframe
            WHERE s.symbol = @symbol AND s.timeframe = @timeframe AND g.symbol = s.symbol AND g.timeframe = s.timeframe
                AND (s.first_ts IS NULL OR g.gap_start < s.first_ts OR g.gap_start > {KnownUntil});
            DELETE FROM data_quality_metrics m USING series s LEFT JOIN import_series i ON i.name = @import AND i.symbol = s.symbol AND i.timeframe = s.timeframe
            WHERE s.symbol = @symbol AND s.timeframe = @timeframe AND m.symbol = s.symbol AND m.timeframe = s.timeframe
                AND (s.first_ts IS NULL OR m.metric_date < (s.first_ts AT TIME ZONE 'UTC')::date
                    OR m.metric_date > greatest((s.last_ts AT TIME ZONE 'UTC')::date, i.known_until));
            UPDATE series s SET {QualityRows.SumsOfDates};
            """;
    }
}
