using Dapper;
using Npgsql;

namespace MarketData.Storage.Dashboard;

/// <summary>Reads how a candle came to have the values that it has.</summary>
public sealed class CandleStoryReader(NpgsqlDataSource database)
{
    // What a fetch brought is logged in the transaction that stores it, at the same instant.
    private const string Story = """
        WITH versions AS (
            SELECT recorded_at, replaced_at, open, high, low, close, volume, vwap, trade_count, source, is_validated, quality_score, validation_notes,
                   job_id
            FROM candle_revisions WHERE symbol = @symbol AND timeframe = @timeframe AND ts = @timestamp
            UNION ALL
            SELECT recorded_at, NULL, open, high, low, close, volume, vwap, trade_count, source, is_validated, quality_score, validation_notes, NULL
            FROM candles WHERE symbol = @symbol AND timeframe = @timeframe AND ts = @timestamp),
        ordered AS (SELECT *, lag(job_id) OVER past AS replacing_run, lag(replaced_at) OVER past AS replacing_at FROM versions
            WINDOW past AS (ORDER BY recorded_at, replaced_at))
        SELECT v.recorded_at, v.replaced_at, v.open, v.high, v.low, v.close, v.volume, v.vwap, v.trade_count, v.source, v.is_validated,
               v.quality_score, v.validation_notes, h.job_id, j.id AS enrichment_job_id, h.trigger, h.requested_by, f.trace_id
        FROM ordered v
        LEFT JOIN LATERAL (
            SELECT job_id, trace_id FROM enrichment_fetch_log
            WHERE symbol = @symbol AND timeframe = @timeframe AND created_at = v.recorded_at AND success ORDER BY id DESC LIMIT 1) f ON true
        LEFT JOIN enrichment_history h ON h.job_id = coalesce(CASE WHEN v.replacing_at = v.recorded_at THEN v.replacing_run END, f.job_id)
        LEFT JOIN LATERAL (SELECT id FROM enrichment_jobs WHERE job_id = h.job_id AND symbol = @symbol ORDER BY id DESC LIMIT 1) j ON true
        ORDER BY v.recorded_at, v.replaced_at;

        SELECT kind, ex_date, ratio_from, ratio_to, cash_amount, currency, source, recorded_at FROM corporate_actions
        WHERE symbol = @symbol AND ex_date > @day ORDER BY ex_date, kind DESC;

        SELECT timeframe, ts AS timestamp, open, high, low, close, volume, source, reason, detail, first_seen_at, last_seen_at, times_seen
        FROM rejected_candles WHERE symbol = @symbol AND timeframe = @timeframe AND ts = @timestamp ORDER BY last_seen_at DESC, id DESC LIMIT 100;

        SELECT timeframe, day, provider, other_provider, bars_compared, bars_differing,
               bars_differing::double precision / nullif(bars_compared, 0) AS disagreement_rate, max_difference, mean_difference, only_provider, only_other, 1 AS days_compared, checked_at
        FROM cross_checks WHERE symbol = @symbol AND timeframe = @timeframe AND day = @day ORDER BY provider, other_provider;
        """;

    /// <summary>Reads it.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="assetClass">Its class.</param>
    /// <param name="timeframe">The interval.</param>
    /// <param name="timestamp">The candle's opening instant, UTC.</param>
    /// <param name="day">The session's date that it belongs to, UTC's for crypto.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<CandleStoryRows> ReadAsync(
        string symbol, string assetClass, string timeframe, DateTime timestamp, DateOnly day, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var results = await connection.QueryMultipleAsync(
            Sql.Command("read story of candle", Story, new { symbol, timeframe, timestamp, day }, cancellation));
        var versions = (await results.ReadAsync<CandleVersion>()).AsList();
        var isBuilt = ChangeCause.IsBuilt(assetClass, timeframe);
        return new(
            [.. versions.Select((version, i) => version with
            {
                Cause = ChangeCause.Of(i == 0 ? null : versions[i - 1].Source, version.Source, version.Trigger, isBuilt),
            })],
            (await results.ReadAsync<CorporateAction>()).AsList(),
            (await results.ReadAsync<RejectedBar>()).AsList(),
            (await results.ReadAsync<DailyCrossCheck>()).AsList());
    }
}
