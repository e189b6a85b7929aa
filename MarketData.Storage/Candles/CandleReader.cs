using System.Runtime.CompilerServices;
using MarketData.Domain.Candles;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>Reads candles and features for clients: a page at a time, or any range in constant memory.</summary>
public sealed class CandleReader(NpgsqlDataSource database)
{
    // A session fills about a fifth of the hours of a week; the days make up for holidays.
    private const int WindowFactor = 6;
    private static readonly TimeSpan WindowSlack = TimeSpan.FromDays(10);

    private readonly SeriesLookup _series = new(database);

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
            await using var connection = await database.OpenConnectionAsync(cancellation);
            foreach (var window in Windows(query, series, limit))
            {
                page.Clear();
                await using var rows = await BinaryCopyReader.BeginAsync(
                    connection, "read page of candles", CandleSql.Select(window, descending: query.Newest, limit + 1), cancellation);
                while (await rows.ReadAsync(cancellation))
                    page.Add(rows.Row);
                if (page.IsFull)
                    break;
            }

            var hasMore = page.Count > limit;
            page.Truncate(limit);
            if (query.Newest)
                page.Reverse();
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
    /// <param name="batchRows">Rows of a batch at most.</param>
    /// <param name="cancellation">Stops the query.</param>
    /// <returns>Batches, at least one; each is valid until the next is asked for.</returns>
    public async IAsyncEnumerable<CandleBatch> StreamAsync(CandleQuery query, int batchRows, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        using var batch = new CandleBatch(query, Math.Min(query.Limit ?? batchRows, batchRows));
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var rows = await BinaryCopyReader.BeginAsync(
            connection, "stream candles", CandleSql.Select(query, descending: false, query.Limit), cancellation);
        var more = true;
        do
        {
            batch.Clear();
            while (!batch.IsFull && (more = await rows.ReadAsync(cancellation)))
                batch.Add(rows.Row);
            yield return batch;
        }
        while (more);
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
