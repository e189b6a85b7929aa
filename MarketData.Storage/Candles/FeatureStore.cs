using System.Diagnostics;
using Dapper;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Candles;
using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>Computes features on from where it was left off, and sees to it that every series can be read from near any of its candles.</summary>
public sealed class FeatureStore(NpgsqlDataSource database)
{
    private const string Series = $"""
        {SeriesWriter.Begin}
        SELECT s.id, s.last_ts, s.feature_epoch,
               coalesce((SELECT max(ts) FROM feature_checkpoints WHERE series_id = s.id AND NOT is_adjusted) = s.last_ts, false) AS is_traded_done,
               coalesce((SELECT max(ts) FROM feature_checkpoints WHERE series_id = s.id AND is_adjusted) = s.last_ts, false) AS is_adjusted_done,
               coalesce((SELECT ts FROM latest_features WHERE symbol = @symbol AND timeframe = @timeframe) = s.last_ts, false) AS is_latest_done
        FROM series s WHERE s.symbol = @symbol AND s.timeframe = @timeframe AND s.last_ts IS NOT NULL;
        """;

    /// <summary>Begins, or takes up, the computation for the candles from an instant on; those before it are taken in.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="interval">The interval.</param>
    /// <param name="seriesId">The series; null when nothing was ever stored of it.</param>
    /// <param name="factors">What candles are adjusted by.</param>
    /// <param name="from">The instant, UTC.</param>
    /// <param name="markFrom">From here on candles may still be revised.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<FeatureRun> ResumeAsync(
        Instrument instrument, BarInterval interval, int? seriesId, AdjustmentFactors factors, DateTime from, DateTime? markFrom,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(factors);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await ResumeAsync(connection, new() { Instrument = instrument, Interval = interval }, seriesId, factors, (from, from), markFrom, cancellation);
    }

    /// <summary>Computes what is not known of a series' end, whatever kept it from being computed with the candles.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="interval">The interval.</param>
    /// <param name="jobId">The run, for the log; null to leave no line there.</param>
    /// <param name="markFrom">From here on candles may still be revised, by the instant of the last candle; null to make no difference.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>What was computed; null when nothing was missing.</returns>
    public async Task<ComputeLogEntry?> CatchUpAsync(
        Instrument instrument, BarInterval interval, Guid? jobId, Func<DateTime, DateTime>? markFrom, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var (symbol, timeframe) = (instrument.Symbol.Value, interval.Name());
        if (await ReadEndAsync(connection, transaction, symbol, timeframe, cancellation) is not { } end)
            return null;
        var factors = await CorporateActionReader.ReadFactorsAsync(connection, instrument.Symbol, interval, null, cancellation);
        var (startedAt, values) = (Stopwatch.GetTimestamp(), 0);
        var (checkpoints, latest) = (new List<FeatureCheckpoint>(), (LatestFeatures?)null);
        foreach (var kind in factors.IsEmpty ? [factors] : new[] { AdjustmentFactors.None, factors })
        {
            var isShown = kind == factors;
            if ((kind.IsEmpty ? end.IsTradedDone : end.IsAdjustedDone) && (end.IsLatestDone || !isShown))
                continue;
            var query = new CandleQuery { Instrument = instrument, Interval = interval };
            var run = await ResumeAsync(connection, query, end.Id, kind, (end.LastTs, null), markFrom?.Invoke(end.LastTs), cancellation);
            run.Save();
            checkpoints.AddRange(run.Checkpoints);
            (latest, values) = (isShown ? run.Latest : latest, values + run.Values);
        }

        if (checkpoints.Count == 0)
            return null;
        var log = new ComputeLogEntry(ComputeType(instrument.AssetClass), values, Stopwatch.GetElapsedTime(startedAt));
        await FeatureRows.SaveAsync(
            connection, transaction, (end.Id, symbol, timeframe), new FeatureProgress(end.FeatureEpoch, checkpoints, latest), cancellation);
        if (jobId is not null)
            await EnrichmentLog.AddComputeAsync(connection, transaction, jobId, symbol, timeframe, log, cancellation);
        await transaction.CommitAsync(cancellation);
        return log;
    }

    /// <summary>Which part of the catalogue is computed for a class.</summary>
    public static string ComputeType(AssetClass assetClass) => assetClass == AssetClass.Crypto ? "crypto" : "universal";

    private static async Task<SeriesEnd?> ReadEndAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string symbol, string timeframe, CancellationToken cancellation)
    {
        await using var results = await connection.QueryMultipleAsync(
            Sql.Command("read end of features", Series, new { symbol, timeframe }, cancellation, transaction));
        await results.ReadAsync();
        return await results.ReadSingleOrDefaultAsync<SeriesEnd>();
    }

    // Takes in the candles from the last checkpoint before the range to its end; all of them where it has none.
    private static async Task<FeatureRun> ResumeAsync(
        NpgsqlConnection connection, CandleQuery query, int? seriesId, AdjustmentFactors factors, (DateTime From, DateTime? To) range, DateTime? markFrom,
        CancellationToken cancellation)
    {
        var point = await ResumePoint.FindAsync(connection, seriesId, query, !factors.IsEmpty, range.From, cancellation);
        var run = new FeatureRun(point, factors, markFrom);
        if (seriesId is not { } id)
            return run;
        await foreach (var batch in point.CandlesAsync(connection, id, query, AdjustmentFactors.None, range.To, cancellation))
            run.Append(batch.Candles());
        return run;
    }

    private sealed record SeriesEnd
    {
        public required int Id { get; init; }

        public required DateTime LastTs { get; init; }

        public required long FeatureEpoch { get; init; }

        public required bool IsTradedDone { get; init; }

        public required bool IsAdjustedDone { get; init; }

        public required bool IsLatestDone { get; init; }
    }
}
