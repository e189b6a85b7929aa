using System.Runtime.CompilerServices;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Calendars;
using MarketData.Domain.Features;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>Reads bars of a length that is not stored, made of the stored candles of one series.</summary>
/// <param name="connection">Where from; in a snapshot.</param>
/// <param name="id">The series.</param>
/// <param name="query">Which bars.</param>
/// <param name="series">What there is.</param>
/// <param name="factors">What candles are adjusted by, before bars are made of them.</param>
/// <param name="sources">The names of the candles' sources.</param>
internal sealed class ResampledSeries(
    NpgsqlConnection connection, int id, CandleQuery query, StoredSeries series, AdjustmentFactors factors, CandleSources sources)
{
    private readonly BarGrid _grid = new(query.Instrument, query.Resampled!, query.Interval);

    /// <summary>Reads a page, oldest bar first.</summary>
    /// <param name="page">An empty batch with room for <see cref="PageRows"/>.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Whether there is another page after it (before it, when <see cref="CandleQuery.Newest"/>).</returns>
    public async Task<bool> FillPageAsync(CandleBatch page, CancellationToken cancellation)
    {
        var limit = query.Limit!.Value;
        if (query.Newest)
            return await FillNewestAsync(page, limit, cancellation);
        await using var bars = await BeginAsync(query, cancellation);
        await bars.FillAsync(page, limit + 1, cancellation);
        var hasMore = page.Count > limit;
        page.Truncate(limit);
        return hasMore;
    }

    /// <summary>The rows that a page is read with: of the newest bars, which are found by reading on, half may be too old.</summary>
    public static int PageRows(CandleQuery query) => (query.Newest ? 2 : 1) * (query.Limit!.Value + 1);

    /// <summary>Reads all of it, oldest bar first; each batch is valid until the next is asked for.</summary>
    public async IAsyncEnumerable<CandleBatch> ReadAsync(int batchRows, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var range = query is { Newest: true, Limit: { } newest } ? await FromLastAsync(newest, cancellation) : query;
        var left = query.Limit ?? int.MaxValue;
        using var batch = new CandleBatch(range, Math.Min(left, batchRows));
        await using var bars = await BeginAsync(range, cancellation);
        for (var more = true; more && left > 0; left -= batch.Count)
        {
            batch.Clear();
            more = await bars.FillAsync(batch, Math.Min(left, batchRows), cancellation);
            yield return batch;
        }
    }

    private async Task<bool> FillNewestAsync(CandleBatch page, int limit, CancellationToken cancellation)
    {
        // One more than is given and one that may not be complete; still more where filters leave some out.
        for (var count = limit + 2L; ; count *= 8)
        {
            page.Clear();
            var (range, isAll) = await FromNewestAsync(count, cancellation);
            await using var bars = await BeginAsync(range, cancellation);
            while (await bars.FillAsync(page, PageRows(query), cancellation))
                page.RemoveFirst(page.Count - limit - 1);
            var hasMore = page.Count > limit;
            if (!hasMore && !isAll)
                continue;
            page.RemoveFirst(Math.Max(0, page.Count - limit));
            return hasMore;
        }
    }

    private async Task<BarStream> BeginAsync(CandleQuery range, CancellationToken cancellation)
    {
        var walk = new FeatureWalk();
        var features = range.Features ? range.ComputedFeatures : [];
        if (features.Count > 0)
            walk.Add(new FeatureEngine(range.Instrument, range.Resampled!, features));
        var candles = new CandleQuery
        {
            Instrument = range.Instrument,
            Interval = range.Interval,
            AsOf = range.AsOf,
            From = await ReadFromAsync(range, features, cancellation),
            Before = ReadUntil(range),
        };
        var rows = CandleStream.ReadAsync(connection, "read candles of bars", id, candles, factors, FeatureRun.Spacing, cancellation);
        return new BarStream(rows, range, range.AsOf is null ? series.Last : null, range.Features ? walk : null, sources);
    }

    // The instant from which candles are read: that of the first bar, or of the first one that its features depend on; null for all.
    private async Task<DateTime?> ReadFromAsync(CandleQuery range, IReadOnlyList<Feature> features, CancellationToken cancellation)
    {
        if (range.Since is not { } since)
            return null;
        var from = _grid.At(since).From;
        if (features.Count == 0 || features.Any(feature => feature.Memory is null))
            return features.Count == 0 ? from : null;
        var bars = features.Max(feature => feature.Memory!.Value) + 1;
        return await FirstOfAsync(from, bars, cancellation) is ({ } first, _) ? _grid.At(first).From : from;
    }

    // The instant until which candles are read: the end of the last bar that opens before the end of the range; null for all.
    private DateTime? ReadUntil(CandleQuery range)
    {
        if (range.Until is not { } until)
            return null;
        var end = _grid.At(until.AddMicroseconds(-1)).Until;
        return end > until ? end : until;
    }

    // The query from an instant on after which there are candles for so many bars; and whether that is all that it asks for.
    private async Task<(CandleQuery Range, bool IsAll)> FromNewestAsync(long count, CancellationToken cancellation)
    {
        var (first, isAll) = await FirstOfAsync(ReadUntil(query), count, cancellation);
        var from = first is { } candle && !isAll ? _grid.At(candle).Stamp : (DateTime?)null;
        if (from is null || from <= query.Since)
            (from, isAll) = (query.Since, true);
        return (query with { From = from, After = null, To = null, Before = query.Until }, isAll);
    }

    // The query from the first of so many of the newest bars on, however many those are.
    private async Task<CandleQuery> FromLastAsync(int count, CancellationToken cancellation)
    {
        for (var bars = count + 1L; ; bars *= 8)
        {
            var (range, isAll) = await FromNewestAsync(bars, cancellation);
            var stamps = await StampsAsync(range with { Features = false }, count, cancellation);
            if (isAll || stamps.Count == count)
                return range with { From = stamps.TryPeek(out var first) ? first : range.From };
        }
    }

    // The opening instants of the last so many bars of a range.
    private async Task<Queue<DateTime>> StampsAsync(CandleQuery range, int count, CancellationToken cancellation)
    {
        var stamps = new Queue<DateTime>();
        using var batch = new CandleBatch(range, FeatureRun.Spacing);
        await using var bars = await BeginAsync(range, cancellation);
        for (var more = true; more;)
        {
            batch.Clear();
            more = await bars.FillAsync(batch, FeatureRun.Spacing, cancellation);
            for (var row = 0; row < batch.Count; row++)
            {
                if (stamps.Count == count)
                    stamps.Dequeue();
                stamps.Enqueue(batch.Timestamp(row));
            }
        }

        return stamps;
    }

    // The opening instant of the first of the last candles before an instant that are enough for so many bars, null where there are none; and
    // whether there are no candles before that.
    private async Task<(DateTime? First, bool IsAll)> FirstOfAsync(DateTime? until, long bars, CancellationToken cancellation)
    {
        var limit = (int)Math.Min(int.MaxValue / 2, bars * query.Resampled!.MostParts(query.Interval));
        var way = new CandleQuery
        {
            Instrument = query.Instrument,
            Interval = query.Interval,
            AsOf = query.AsOf,
            Before = until,
            Newest = true,
            Limit = limit,
            Microstructure = false,
        };
        (DateTime? First, bool IsAll) found = (null, true);
        foreach (var window in CandleReader.Windows(way, series, limit))
        {
            await using var command = Sql.Command(
                "find begin of bars", CandleSql.SelectBounds(window, [new SeriesPart(window, id, AdjustmentFactors.None)], limit), connection);
            await using var row = await command.ExecuteReaderAsync(cancellation);
            await row.ReadAsync(cancellation);
            found = (row.IsDBNull(1) ? null : row.GetDateTime(1), row.GetInt64(3) < limit);
            if (!found.IsAll)
                break;
        }

        return found;
    }
}
