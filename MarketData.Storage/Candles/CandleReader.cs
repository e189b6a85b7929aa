using System.Data;
using System.Runtime.CompilerServices;
using Dapper;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>
/// Reads candles and their features for clients: a page at a time, or any range in constant memory. Features are computed from the candles that
/// are given, and those before them, from the last checkpoint on.
/// </summary>
public sealed class CandleReader(NpgsqlDataSource database)
{
    // A session fills about a fifth of the hours of a week; the days make up for holidays.
    private const int WindowFactor = 6;
    private static readonly TimeSpan WindowSlack = TimeSpan.FromDays(10);

    private readonly SeriesLookup _series = new(database);
    private readonly CandleSources _sources = CandleSources.Of(database);

    /// <summary>What there is of a symbol in an interval; null when the symbol is not tracked.</summary>
    public Task<StoredSeries?> FindAsync(Symbol symbol, BarInterval interval, CancellationToken cancellation) =>
        _series.FindAsync(symbol, interval, cancellation);

    /// <summary>Reads one page.</summary>
    /// <param name="query">What to read; it has a limit.</param>
    /// <param name="series">What there is, to know where to look.</param>
    /// <param name="cancellation">Stops the query.</param>
    /// <returns>The page, oldest candle first, and whether there is another one after it (before it, when <see cref="CandleQuery.Newest"/>).</returns>
    public async Task<(CandleBatch Page, bool HasMore)> ReadPageAsync(CandleQuery query, StoredSeries series, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(series);
        var limit = query.Limit ?? throw new ArgumentException("A page has a limit.", nameof(query));
        var page = new CandleBatch(query, limit + 1);
        try
        {
            if (series.Id is not { } id)
                return (page, false);
            await using var connection = await database.OpenConnectionAsync(cancellation);
            await using var snapshot = await BeginSnapshotAsync(connection, query, series, cancellation);
            var factors = await ReadFactorsAsync(connection, query, series, cancellation);
            await ReadRowsAsync(connection, id, query, series, page, cancellation);
            var hasMore = page.Count > limit;
            page.Truncate(limit);
            page.Adjust(factors);
            if (query.Newest)
                page.Reverse();
            if (query.Features && page.Count > 0)
                await AddFeaturesAsync(connection, id, query, factors, page, cancellation);
            await page.CompleteAsync(_sources, cancellation);
            return (page, hasMore);
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    /// <summary>Reads everything that the query asks for, in one snapshot, a batch at a time.</summary>
    /// <param name="query">What to read.</param>
    /// <param name="series">What there is.</param>
    /// <param name="batchRows">Rows of a batch at most.</param>
    /// <param name="cancellation">Stops the query.</param>
    /// <returns>Batches, at least one; each is valid until the next is asked for.</returns>
    public async IAsyncEnumerable<CandleBatch> StreamAsync(
        CandleQuery query, StoredSeries series, int batchRows, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(series);
        if (series.Id is not { } id)
        {
            using var nothing = new CandleBatch(query, 0);
            yield return nothing;
            yield break;
        }

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var snapshot = await BeginSnapshotAsync(connection, query, series, cancellation);
        var factors = await ReadFactorsAsync(connection, query, series, cancellation);
        var batches = query.Features
            ? StreamWithFeaturesAsync(connection, id, query, factors, batchRows, cancellation)
            : CandleStream.ReadAsync(connection, "stream candles", id, query, factors, batchRows, cancellation);
        await foreach (var batch in batches)
        {
            await batch.CompleteAsync(_sources, cancellation);
            yield return batch;
        }
    }

    // Features know nothing of filters: every row is read, and those that pass are given.
    private static async IAsyncEnumerable<CandleBatch> StreamWithFeaturesAsync(
        NpgsqlConnection connection, int id, CandleQuery query, AdjustmentFactors factors, int batchRows,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (query is { Newest: true, Limit: { } newest })
        {
            var first = await connection.ExecuteScalarAsync<DateTime?>(
                Sql.Command("find first of newest candles", CandleSql.NewestFrom(query, id, newest), null, cancellation));
            query = query with { From = first ?? query.From, Newest = false };
        }

        var table = new FeatureTable(FeatureCatalogue.For(query.Instrument.AssetClass));
        var from = query.After is { } after && !(query.From > after) ? after.AddMicroseconds(1) : query.From;
        var engine = await EngineAsync(connection, id, query, factors, from, table, cancellation);
        var all = query.IsFiltered ? query with { ValidatedOnly = false, MinimumScore = null, Limit = null } : query;
        var (left, given) = (query.Limit ?? int.MaxValue, false);
        await foreach (var batch in CandleStream.ReadAsync(connection, "stream candles", id, all, factors, batchRows, cancellation))
        {
            table.Clear();
            engine.Append(batch.Candles(), table);
            batch.SetFeatures(table);
            batch.Filter(query);
            batch.Truncate(left);
            left -= batch.Count;
            if (batch.Count == 0)
                continue;
            given = true;
            yield return batch;
            // Where the query has the limit, it is at its end by itself: to break it off would cost more than a page.
            if (left == 0 && query.IsFiltered)
                yield break;
        }

        if (given)
            yield break;
        using var nothing = new CandleBatch(query, 0);
        yield return nothing;
    }

    // An engine that has taken in everything before an instant, or nothing when there is none.
    private static async Task<FeatureEngine> EngineAsync(
        NpgsqlConnection connection, int id, CandleQuery query, AdjustmentFactors factors, DateTime? before, FeatureTable scratch,
        CancellationToken cancellation)
    {
        if (before is not { } from)
            return ResumePoint.Beginning(query.Instrument, query.Interval).Engine;
        var point = await ResumePoint.FindAsync(connection, id, query, !factors.IsEmpty, from, cancellation);
        await foreach (var batch in point.CandlesAsync(connection, id, query, factors, from, cancellation))
        {
            scratch.Clear();
            point.Engine.Append(batch.Candles(), scratch);
        }

        return point.Engine;
    }

    private static async Task AddFeaturesAsync(
        NpgsqlConnection connection, int id, CandleQuery query, AdjustmentFactors factors, CandleBatch page, CancellationToken cancellation)
    {
        var table = new FeatureTable(FeatureCatalogue.For(query.Instrument.AssetClass));
        var (first, last) = (page.Timestamp(0), page.Timestamp(page.Count - 1));
        var engine = await EngineAsync(connection, id, query, factors, first, table, cancellation);
        table.Clear();
        if (!query.IsFiltered)
            engine.Append(page.Candles(), table);
        else
        {
            // What the filters left out counts for features, too.
            var all = query with { From = first, To = last, After = null, Before = null, Limit = null, ValidatedOnly = false, MinimumScore = null };
            await foreach (var batch in CandleStream.ReadAsync(connection, "walk page of candles", id, all, factors, FeatureRun.Spacing, cancellation))
                engine.Append(batch.Candles(), table);
        }

        page.SetFeatures(table);
    }

    // Candles, what they are adjusted by and the checkpoint before them are of one instant: else features could be of candles that are not shown.
    private static async Task<NpgsqlTransaction?> BeginSnapshotAsync(
        NpgsqlConnection connection, CandleQuery query, StoredSeries series, CancellationToken cancellation) =>
        query.Features || IsAdjusted(query, series) ? await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation) : null;

    private static Task<AdjustmentFactors> ReadFactorsAsync(
        NpgsqlConnection connection, CandleQuery query, StoredSeries series, CancellationToken cancellation) =>
        IsAdjusted(query, series)
            ? CorporateActionReader.ReadFactorsAsync(connection, query.Instrument.Symbol, query.Interval, query.AsOf, cancellation)
            : Task.FromResult(AdjustmentFactors.None);

    private static bool IsAdjusted(CandleQuery query, StoredSeries series) => query.Adjusted && series.ActionsVersion is not null;

    private static async Task ReadRowsAsync(
        NpgsqlConnection connection, int id, CandleQuery query, StoredSeries series, CandleBatch page, CancellationToken cancellation)
    {
        var most = query.Limit!.Value + 1;
        foreach (var window in Windows(query, series, most - 1))
        {
            page.Clear();
            await using var rows = await BinaryCopyReader.BeginAsync(
                connection, "read page of candles", CandleSql.Select(window, id, descending: query.Newest, most), cancellation);
            while (await rows.ReadAsync(cancellation))
                page.Add(rows.Row);
            if (page.IsFull)
                break;
        }
    }

    // The database plans a query over a bounded time in a fraction of what one over all partitions takes: so a page is looked for near its
    // end first, and in all of time only where that holds too few candles.
    private static IEnumerable<CandleQuery> Windows(CandleQuery query, StoredSeries series, int limit)
    {
        if (series is { First: { } first, Last: { } last })
        {
            var begin = new[] { first, query.From ?? first, query.After ?? first }.Max();
            var end = new[] { last, query.To ?? last, query.Before ?? last }.Min();
            var factor = query.Instrument.AssetClass == AssetClass.Crypto ? 1 : WindowFactor;
            for (var span = query.Interval.Length() * (limit + 1.0) * factor + WindowSlack; end - begin > span; span *= 8)
                yield return query.Newest ? query with { From = end - span } : query with { To = begin + span };
        }

        yield return query;
    }
}
