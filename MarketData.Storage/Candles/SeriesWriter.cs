using Dapper;
using MarketData.Domain.Candles;
using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>Stores a portion of a series in one transaction: candles, where their features go on, rejects, gaps, quality, watermark and log.</summary>
public sealed class SeriesWriter(NpgsqlDataSource database)
{
    /// <summary>
    /// What a transaction begins with that writes to the symbol's series, so that others wait for its end; and that TimescaleDB may then write
    /// to more than a hundred thousand compressed rows. Takes <c>@symbol</c>.
    /// </summary>
    internal const string Begin = """
        SET LOCAL statement_timeout = '25s';
        SELECT pg_advisory_xact_lock(hashtextextended(@symbol, 0));
        SET LOCAL timescaledb.max_tuples_decompressed_per_dml_transaction = 0;
        """;

    private readonly CandleSources _sources = CandleSources.Of(database);

    /// <summary>Stores it all, or nothing.</summary>
    /// <exception cref="LeaseLostException">The job is another's by now; nothing was stored.</exception>
    public async Task<WriteResult> WriteAsync(SeriesWrite write, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(write);
        while (true)
        {
            await _sources.AddAsync(SourcesOf(write.Candles.Span), cancellation);
            if (await TryWriteAsync(write, cancellation) is { } result)
                return result;
            await _sources.ReadAsync(cancellation);
        }
    }

    private async Task<WriteResult?> TryWriteAsync(SeriesWrite write, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        try
        {
            return await WriteAsync(connection, write, cancellation);
        }
        // Rare enough, once a month for all symbols of an interval, that no write asks beforehand.
        catch (PostgresException e) when (e is { SqlState: PostgresErrorCodes.CheckViolation, ConstraintName: null })
        {
            await EnsurePartitionsAsync(connection, write, cancellation);
            return await WriteAsync(connection, write, cancellation);
        }
    }

    // Null when the numbers of sources have to be read again first.
    private async Task<WriteResult?> WriteAsync(NpgsqlConnection connection, SeriesWrite write, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var session = new WriteSession(connection, transaction, write, _sources, cancellation);
        if (write.Fence is { } fence)
            await JobStore.CheckFenceAsync(connection, transaction, fence, cancellation);
        await session.BeginAsync();
        if (session.HasOldSources)
            return null;
        var (result, changedFrom) = await CandleMerge.StoreAsync(session);
        await PriceLevelMarks.StoreAsync(session);
        await RejectedBars.StoreAsync(session);
        await GapRows.StoreAsync(session);
        await QualityRows.StoreAsync(session);
        await FeatureRows.StoreAsync(session, changedFrom);
        await WeekRows.FollowAsync(session, changedFrom);
        await CandleEvents.PublishAsync(session, result, changedFrom);
        await ImportRows.StoreAsync(session, result);
        await LogAsync(session, result);
        return result with { AnswerWasLost = await SureCommit.CommitAsync(database, transaction, session.TransactionId, cancellation) };
    }

    private static HashSet<string> SourcesOf(ReadOnlySpan<StoredCandle> candles)
    {
        var sources = new HashSet<string>();
        var last = "";
        foreach (ref readonly var candle in candles)
        {
            if (!ReferenceEquals(candle.Source, last))
                sources.Add(last = candle.Source);
        }

        return sources;
    }

    // In a transaction of its own, so that other writers who need the same ones wait for that alone. Empty ones do no harm if nothing follows.
    private static async Task EnsurePartitionsAsync(NpgsqlConnection connection, SeriesWrite write, CancellationToken cancellation)
    {
        const string ensure = "SELECT ensure_bar_partitions(@timeframe, @from, @to, @hasExtras)";
        var range = new
        {
            timeframe = write.Interval.Name(),
            from = write.Candles.Span[0].Candle.Timestamp,
            to = write.Candles.Span[^1].Candle.Timestamp,
            hasExtras = CandleColumns.HasExtras(write.Candles.Span),
        };
        await connection.ExecuteAsync(Sql.Command("ensure candle partitions", ensure, range, cancellation));
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
            var taken = write.FetchLog?.RecordsFetched ?? write.Imported?.Kept ?? 0;
            await JobStore.CountAsync(
                session.Connection, session.Transaction, fence, taken, result.Inserted, result.Updated, session.Cancellation);
        }
    }
}
