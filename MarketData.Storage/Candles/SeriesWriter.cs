using Dapper;
using MarketData.Domain.Candles;
using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>
/// Stores a portion of a series in one transaction: candles, features, rejects, gaps, quality, watermark and log. Candles are copied into a
/// stage, and only what is new or differs is written; for a range with nothing stored they go straight in.
/// </summary>
public sealed class SeriesWriter(NpgsqlDataSource database)
{
    /// <summary>
    /// What a transaction begins with that writes to the symbol's series, so that others wait for its end; and that TimescaleDB may then write
    /// to more than a hundred thousand compressed rows. Takes <c>@symbol</c>.
    /// </summary>
    internal const string Begin = """
        SELECT pg_advisory_xact_lock(hashtextextended(@symbol, 0));
        SET LOCAL timescaledb.max_tuples_decompressed_per_dml_transaction = 0;
        """;

    // A session keeps its stages, empty: to make and drop them for each write would cost more than a small one's everything else.
    private const string Stage = $"""
        CREATE TEMP TABLE candle_stage ON COMMIT DELETE ROWS AS SELECT {CandleColumns.All} FROM candles WITH NO DATA;
        CREATE TEMP TABLE candle_changes (ts timestamptz NOT NULL, is_new boolean NOT NULL, is_revised boolean NOT NULL) ON COMMIT DELETE ROWS;
        """;

    // What is new or differs. The rest of a stage is there already and costs no write. Both sides are of one size, and so are hashed: freshly
    // written tables have no statistics yet by which the planner would see that.
    private const string Compare = $"""
        SET LOCAL enable_nestloop = off;

        INSERT INTO candle_changes
        SELECT s.ts, c.symbol IS NULL AS is_new,
               c.symbol IS NOT NULL AND ({NewValues}) IS DISTINCT FROM ({OldValues}) AS is_revised
        FROM candle_stage s LEFT JOIN candles c
            ON c.symbol = @symbol AND c.timeframe = @timeframe AND c.ts = s.ts AND c.ts >= @from AND c.ts <= @to
        WHERE c.symbol IS NULL OR ({NewValues}, {NewVerdict}) IS DISTINCT FROM ({OldValues}, {OldVerdict});

        RESET enable_nestloop;

        SELECT EXISTS (SELECT FROM candle_changes);
        """;

    // Old values first, then the new ones in their place. What differs and is not revised is judged, not valued, otherwise.
    private const string Merge = $"""
        INSERT INTO candle_revisions (symbol, timeframe, ts, recorded_at, {CandleColumns.Values}, {CandleColumns.Verdict}, job_id)
        SELECT c.symbol, c.timeframe, c.ts, c.recorded_at, {OldValues}, {OldVerdict}, @jobId
        FROM candles c JOIN candle_changes d USING (ts)
        WHERE c.symbol = @symbol AND c.timeframe = @timeframe AND c.ts >= @from AND c.ts <= @to AND d.is_revised;

        UPDATE candles c SET
            ({CandleColumns.Values}) = ({NewValues}), ({CandleColumns.Verdict}) = ({NewVerdict}),
            recorded_at = CASE WHEN d.is_revised THEN now() ELSE c.recorded_at END
        FROM candle_changes d JOIN candle_stage s USING (ts)
        WHERE c.symbol = @symbol AND c.timeframe = @timeframe AND c.ts = d.ts AND c.ts >= @from AND c.ts <= @to AND NOT d.is_new;

        INSERT INTO candles ({CandleColumns.All})
        SELECT {CandleColumns.All} FROM candle_stage s JOIN candle_changes d USING (ts) WHERE d.is_new;

        SELECT count(*) FILTER (WHERE is_new) AS inserted, count(*) FILTER (WHERE is_revised) AS updated,
               count(*) FILTER (WHERE NOT is_new AND NOT is_revised) AS rescored, 0::bigint AS unchanged
        FROM candle_changes;
        """;

    private const string NewValues =
        "s.open, s.high, s.low, s.close, s.volume, s.vwap, s.trade_count, s.open_interest, s.funding_rate, s.long_short_ratio, "
        + "s.long_liquidations, s.short_liquidations, s.taker_buy_volume, s.taker_sell_volume";

    private const string OldValues =
        "c.open, c.high, c.low, c.close, c.volume, c.vwap, c.trade_count, c.open_interest, c.funding_rate, c.long_short_ratio, "
        + "c.long_liquidations, c.short_liquidations, c.taker_buy_volume, c.taker_sell_volume";

    private const string NewVerdict = "s.source, s.is_validated, s.quality_score, s.validation_notes, s.gap_detected, s.volume_anomaly";
    private const string OldVerdict = "c.source, c.is_validated, c.quality_score, c.validation_notes, c.gap_detected, c.volume_anomaly";

    /// <summary>Stores it all, or nothing.</summary>
    /// <exception cref="LeaseLostException">The job is another's by now; nothing was stored.</exception>
    public async Task<WriteResult> WriteAsync(SeriesWrite write, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(write);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await EnsurePartitionsAsync(connection, write, cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var session = new WriteSession(connection, transaction, write, cancellation);
        if (write.Fence is { } fence)
            await JobStore.CheckFenceAsync(connection, transaction, fence, cancellation);
        await session.ExecuteAsync("lock series", Begin);
        var result = await StoreCandlesAsync(session);
        if (write.Features is not null)
            await FeatureRows.StoreAsync(session);
        await RejectedBars.StoreAsync(session);
        await GapRows.StoreAsync(session);
        await QualityRows.StoreAsync(session);
        await LogAsync(session, result);
        await transaction.CommitAsync(cancellation);
        return result;
    }

    // In a transaction of its own, so that other writers who need the same ones wait for that alone. Empty ones do no harm if nothing follows.
    private static async Task EnsurePartitionsAsync(NpgsqlConnection connection, SeriesWrite write, CancellationToken cancellation)
    {
        const string ensure = "SELECT ensure_candle_partitions(@timeframe, @from, @to)";
        List<DateTime> ends = [];
        if (!write.Candles.IsEmpty)
            ends.AddRange([write.Candles.Span[0].Candle.Timestamp, write.Candles.Span[^1].Candle.Timestamp]);
        if (write.Features is { Count: > 0 } features)
            ends.AddRange([features.Timestamps[0], features.Timestamps[^1]]);
        if (ends.Count > 0)
            await connection.ExecuteAsync(
                Sql.Command("ensure candle partitions", ensure, new { timeframe = write.Interval.Name(), from = ends.Min(), to = ends.Max() }, cancellation));
    }

    private static async Task<WriteResult> StoreCandlesAsync(WriteSession session)
    {
        var candles = session.Write.Candles;
        if (candles.IsEmpty)
            return new WriteResult(0, 0, 0, 0);
        const string any = """
            SELECT EXISTS (SELECT FROM candles WHERE symbol = @symbol AND timeframe = @timeframe AND ts >= @from AND ts <= @to),
                   to_regclass('pg_temp.candle_stage') IS NOT NULL
            """;
        var (isAny, hasStage) = await session.QuerySingleAsync<(bool, bool)>("look for stored candles", any);
        if (!isAny)
        {
            await CandleColumns.CopyAsync(session, "candles");
            return new WriteResult(candles.Length, 0, 0, 0);
        }

        if (!hasStage)
            await session.ExecuteAsync("create candle stage", Stage);
        await CandleColumns.CopyAsync(session, "candle_stage");
        var changed = await session.ScalarAsync<bool>("compare candles", Compare)
            ? await session.QuerySingleAsync<WriteResult>("merge candles", Merge)
            : new WriteResult(0, 0, 0, 0);
        return changed with { Unchanged = candles.Length - changed.Inserted - changed.Updated - changed.Rescored };
    }

    private static async Task LogAsync(WriteSession session, WriteResult result)
    {
        var (write, symbol, timeframe) = (session.Write, session.Symbol, session.Timeframe);
        if (write.FetchLog is { } fetch)
        {
            await EnrichmentLog.AddFetchAsync(
                session.Connection, session.Transaction, write.JobId, symbol, timeframe, fetch,
                (result.Inserted, result.Updated, write.Rejected.Count, write.OutOfSession), session.Cancellation);
        }

        foreach (var computed in write.ComputeLog)
            await EnrichmentLog.AddComputeAsync(session.Connection, session.Transaction, write.JobId, symbol, timeframe, computed, session.Cancellation);
        if (write.Backfill is var (backfill, reached))
            await BackfillStore.AdvanceAsync(session.Connection, session.Transaction, symbol, timeframe, backfill, reached, session.Cancellation);
        if (write.Fence is { } fence)
        {
            await JobStore.CountAsync(
                session.Connection, session.Transaction, fence, write.FetchLog?.RecordsFetched ?? 0, result.Inserted, result.Updated, session.Cancellation);
        }
    }
}
