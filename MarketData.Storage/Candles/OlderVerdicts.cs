using Dapper;
using MarketData.Domain.Candles;
using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>What earlier builds stored of a series by rules that have changed: a migration marks it, and the next run judges it again.</summary>
public sealed class OlderVerdicts(NpgsqlDataSource database)
{
    // What they were stays on record as their revision.
    private static readonly string Remove = $"""
        {SeriesWriter.Begin}
        INSERT INTO candle_revisions (
            symbol, timeframe, ts, recorded_at, {CandleColumns.Prices}, source, is_validated, quality_score, validation_notes, gap_detected, volume_anomaly, job_id)
        SELECT @symbol, @timeframe, b.ts, b.recorded_at, {CandleColumns.Of("b", CandleColumns.Prices)},
               k.name, b.issues & {CandleTables.Validated} <> 0, candle_score(b.issues), candle_notes(b.issues), b.issues & 32 <> 0, b.issues & 4 <> 0, @jobId
        FROM bars_1d b JOIN candle_sources k ON k.id = b.source WHERE b.series_id = @seriesId AND b.ts = ANY (@instants);
        DELETE FROM price_level_marks WHERE series_id = @seriesId AND ts = ANY (@instants);
        DELETE FROM bars_1d WHERE series_id = @seriesId AND ts = ANY (@instants);
        DELETE FROM data_quality_metrics WHERE symbol = @symbol AND timeframe = @timeframe AND metric_date = ANY (@dates);
        {FeatureRows.ForgetAll}
        {FeatureRows.ForgetAdjusted}
        UPDATE series s SET
            first_ts = (SELECT min(ts) FROM bars_1d WHERE series_id = @seriesId), last_ts = (SELECT max(ts) FROM bars_1d WHERE series_id = @seriesId),
            {QualityRows.SumsOfDates};
        """;

    /// <summary>The days of a series that were judged by older rules and may be judged otherwise now, ascending, UTC.</summary>
    public async Task<IReadOnlyList<DateTime>> FindAsync(Symbol symbol, BarInterval interval, DateTime from, CancellationToken cancellation)
    {
        const string odd = """
            SELECT metric_date::timestamp AT TIME ZONE 'UTC' AS day FROM data_quality_metrics
            WHERE symbol = @symbol AND timeframe = @timeframe AND metric_date >= (@from AT TIME ZONE 'UTC')::date AND anomalies_detected > 0
            UNION
            SELECT date_trunc('day', gap_end, 'UTC') FROM gaps
            WHERE symbol = @symbol AND timeframe = @timeframe AND gap_start >= @from AND gap_end - gap_start > interval '59 days'
            ORDER BY day
            """;
        return await database.QueryAsync<DateTime>(
            "find days judged by older rules", odd, new { symbol = symbol.Value, timeframe = interval.Name(), from }, cancellation);
    }

    /// <summary>Removes daily candles of days on which nothing was traded.</summary>
    /// <param name="instrument">Of what.</param>
    /// <param name="series">The number of its daily series.</param>
    /// <param name="instants">Their opening instants, UTC.</param>
    /// <param name="fence">The right to write.</param>
    /// <param name="jobId">The run.</param>
    /// <param name="cancellation">Cancels it: nothing is changed.</param>
    /// <exception cref="LeaseLostException">The job is another's by now; nothing was removed.</exception>
    public async Task RemoveDaysAsync(
        Instrument instrument, int series, IReadOnlyList<DateTime> instants, JobFence fence, Guid jobId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(instants);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await JobStore.CheckFenceAsync(connection, transaction, fence, cancellation);
        var arguments = new
        {
            symbol = instrument.Symbol.Value,
            timeframe = BarInterval.OneDay.Name(),
            seriesId = series,
            instants = instants.ToArray(),
            dates = instants.Select(DateOnly.FromDateTime).ToArray(),
            jobId,
        };
        await connection.ExecuteAsync(Sql.Command("remove days without a session", Remove, arguments, cancellation, transaction));
        await WeekRows.BuildAgainAsync(connection, transaction, instrument.Symbol, DateOnly.FromDateTime(instants.Min()), cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Notes that the series is judged by today's rules.</summary>
    /// <exception cref="LeaseLostException">The job is another's by now; what was judged may be gone.</exception>
    public async Task FinishAsync(Symbol symbol, BarInterval interval, JobFence fence, CancellationToken cancellation)
    {
        const string finish = "UPDATE series SET judge_from = NULL WHERE symbol = @symbol AND timeframe = @timeframe";
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await JobStore.CheckFenceAsync(connection, transaction, fence, cancellation);
        var arguments = new { symbol = symbol.Value, timeframe = interval.Name() };
        await connection.ExecuteAsync(Sql.Command("finish judging again", finish, arguments, cancellation, transaction));
        await transaction.CommitAsync(cancellation);
    }
}
