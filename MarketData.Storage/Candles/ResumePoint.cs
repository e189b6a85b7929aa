using MarketData.Domain.Adjustments;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;
using Npgsql;
using NpgsqlTypes;

namespace MarketData.Storage.Candles;

/// <summary>Where a computation goes on: after a checkpoint, or at the beginning of the series.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="After">Opening instant of the last candle that it took in, UTC; null at the beginning.</param>
/// <param name="Candles">How many it took in.</param>
internal sealed record ResumePoint(FeatureEngine Engine, DateTime? After, int Candles)
{
    // A checkpoint that was there at an instant, and still is, holds what was on record then: whatever changes that takes it away.
    private const string Find = """
        SELECT ts, candles, state FROM feature_checkpoints
        WHERE series_id = $1 AND is_adjusted = $2 AND ts < $3 AND recorded_at <= coalesce($4, 'infinity') ORDER BY ts DESC LIMIT 1
        """;

    /// <summary>At the beginning of a series.</summary>
    public static ResumePoint Beginning(Instrument instrument, BarInterval interval) =>
        new(new FeatureEngine(instrument, interval), null, 0);

    /// <summary>The last point before an instant.</summary>
    /// <param name="connection">Where from.</param>
    /// <param name="seriesId">The series; null when there is none yet.</param>
    /// <param name="query">Of what instrument, in what interval, as of when.</param>
    /// <param name="isAdjusted">Over adjusted candles.</param>
    /// <param name="before">The instant, UTC.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<ResumePoint> FindAsync(
        NpgsqlConnection connection, int? seriesId, CandleQuery query, bool isAdjusted, DateTime before, CancellationToken cancellation)
    {
        // Those over adjusted candles know of dividends.
        if (seriesId is null || (isAdjusted && query.SplitsOnly))
            return Beginning(query.Instrument, query.Interval);
        await using var command = Sql.Command("find feature checkpoint", Find, connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = seriesId.Value });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = isAdjusted });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = before, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)query.AsOf ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        if (!await row.ReadAsync(cancellation))
            return Beginning(query.Instrument, query.Interval);
        // Of other features than this build's, or other versions of them: as if it were not there.
        return FeatureEngine.Resume(query.Instrument, query.Interval, row.GetFieldValue<byte[]>(2)) is { } engine
            ? new ResumePoint(engine, row.GetDateTime(0), row.GetInt32(1))
            : Beginning(query.Instrument, query.Interval);
    }

    /// <summary>The candles from here up to an instant, adjusted; each batch is valid until the next is asked for.</summary>
    /// <param name="connection">Where from.</param>
    /// <param name="seriesId">The series.</param>
    /// <param name="query">Of what instrument, in what interval, as of when.</param>
    /// <param name="factors">What they are adjusted by.</param>
    /// <param name="before">The instant, UTC; null for all.</param>
    /// <param name="cancellation">Stops it.</param>
    public IAsyncEnumerable<CandleBatch> CandlesAsync(
        NpgsqlConnection connection, int seriesId, CandleQuery query, AdjustmentFactors factors, DateTime? before, CancellationToken cancellation)
    {
        var way = new CandleQuery { Instrument = query.Instrument, Interval = query.Interval, AsOf = query.AsOf, After = After, Before = before };
        return CandleStream.ReadAsync(connection, "walk candles", seriesId, way, factors, FeatureRun.Spacing, cancellation);
    }
}
