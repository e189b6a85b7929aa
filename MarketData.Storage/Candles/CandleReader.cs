using System.Data;
using System.Runtime.CompilerServices;
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

    // Rows that are read at a time when the newest come first: with features few pages, since each begins a good way before its first row.
    private const int PageWithFeatures = 32_768;
    private const int PageWithoutFeatures = 8_192;

    private readonly SeriesLookup _series = new(database);
    private readonly CandleSources _sources = CandleSources.Of(database);

    /// <summary>What there is of a symbol in an interval; null when the symbol is not tracked.</summary>
    public Task<StoredSeries?> FindAsync(Symbol symbol, BarInterval interval, CancellationToken cancellation) =>
        _series.FindAsync(symbol, interval, cancellation);

    /// <summary>What there is of each of the symbols that are tracked, in an interval, by symbol.</summary>
    public async Task<IReadOnlyList<StoredSeries>> FindAllAsync(
        IReadOnlyCollection<Symbol> symbols, BarInterval interval, CancellationToken cancellation) =>
        Ordered(await _series.FindAllAsync(symbols, interval, cancellation));

    /// <summary>What there is of each tracked symbol of a class, in an interval, by symbol.</summary>
    public async Task<IReadOnlyList<StoredSeries>> FindAllAsync(AssetClass assetClass, BarInterval interval, CancellationToken cancellation) =>
        Ordered(await _series.FindAllAsync(assetClass, interval, cancellation));

    /// <summary>
    /// What there is of a symbol that bars of a timeframe are made of: the first of <see cref="Timeframe.Sources"/> that has candles; null when the
    /// symbol is not tracked.
    /// </summary>
    public async Task<StoredSeries?> FindAsync(Symbol symbol, Timeframe timeframe, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(timeframe);
        StoredSeries? preferred = null;
        foreach (var interval in timeframe.Sources)
        {
            var series = await FindAsync(symbol, interval, cancellation);
            if (series is not { First: null })
                return series;
            preferred ??= series;
        }

        return preferred;
    }

    /// <summary>What there is of each of the symbols that are tracked, likewise, by symbol.</summary>
    public async Task<IReadOnlyList<StoredSeries>> FindAllAsync(
        IReadOnlyCollection<Symbol> symbols, Timeframe timeframe, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(timeframe);
        return await WithCandlesAsync(await _series.FindAllAsync(symbols, timeframe.Sources[0], cancellation), timeframe, cancellation);
    }

    /// <summary>What there is of each tracked symbol of a class, likewise.</summary>
    public async Task<IReadOnlyList<StoredSeries>> FindAllAsync(AssetClass assetClass, Timeframe timeframe, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(timeframe);
        return await WithCandlesAsync(await _series.FindAllAsync(assetClass, timeframe.Sources[0], cancellation), timeframe, cancellation);
    }

    /// <summary>Reads one page.</summary>
    /// <param name="query">What to read; it has a limit.</param>
    /// <param name="series">What there is, to know where to look.</param>
    /// <param name="cancellation">Stops the query.</param>
    /// <returns>The page, and whether there is another one after it (before it, when <see cref="CandleQuery.Newest"/>).</returns>
    public async Task<(CandleBatch Page, bool HasMore)> ReadPageAsync(CandleQuery query, StoredSeries series, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(series);
        var limit = query.Limit ?? throw new ArgumentException("A page has a limit.", nameof(query));
        if (series.Id is null)
            return (new CandleBatch(query, limit), false);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var snapshot = await BeginSnapshotAsync(connection, query, series, cancellation);
        var factors = await ReadFactorsAsync(connection, query, series, cancellation);
        return await ReadPageAsync(connection, query, series, factors, cancellation);
    }

    /// <summary>Reads everything that the query asks for, in one snapshot, a batch at a time.</summary>
    /// <param name="query">What to read.</param>
    /// <param name="series">What there is.</param>
    /// <param name="batchRows">Rows of a batch at most.</param>
    /// <param name="cancellation">Stops the query.</param>
    /// <returns>Batches, at least one; each is valid until the next is asked for.</returns>
    public IAsyncEnumerable<CandleBatch> StreamAsync(
        CandleQuery query, StoredSeries series, int batchRows, CancellationToken cancellation = default) =>
        StreamAsync(query, [(query, series)], batchRows, cancellation);

    /// <summary>Reads several series, each after the one before, in one snapshot, a batch at a time.</summary>
    /// <param name="shape">What is the same for all of them: the interval, what of each candle, and which.</param>
    /// <param name="series">Each with its query, the shape of its own instrument and range, in the order in which they are to be given.</param>
    /// <param name="batchRows">Rows of a batch at most.</param>
    /// <param name="cancellation">Stops the query.</param>
    /// <returns>Batches, at least one; each is valid until the next is asked for.</returns>
    public async IAsyncEnumerable<CandleBatch> StreamAsync(
        CandleQuery shape, IReadOnlyList<(CandleQuery Query, StoredSeries Series)> series, int batchRows,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(series);
        // Either side of a join has the same columns, whatever class the first instrument is of.
        shape = shape with { Microstructure = shape.Microstructure ?? series.Any(one => one.Series.Instrument.AssetClass == AssetClass.Crypto) };
        var stored = series.Where(one => one.Series.Id is not null).ToList();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        // All that the snapshot can name, while the connection is free for it.
        await _sources.ReadAsync(connection, cancellation);
        if (shape.Descending || shape.Resampled is not null)
        {
            await foreach (var batch in OneByOneAsync(connection, shape, stored, batchRows, cancellation))
                yield return batch;
            yield break;
        }

        var parts = await SeriesParts.ReadAsync(connection, shape, stored, cancellation);
        if (parts.Count == 0)
        {
            using var nothing = new CandleBatch(shape, 0);
            yield return nothing;
            yield break;
        }

        await foreach (var batch in SeriesStream.ReadAsync(connection, shape, parts, BatchRows(shape, parts.Count, batchRows), cancellation))
        {
            await batch.CompleteAsync(_sources, null, cancellation);
            yield return batch;
        }
    }

    // Each series after the one before: newest candle first a page at a time, since features can only be computed forwards.
    private async IAsyncEnumerable<CandleBatch> OneByOneAsync(
        NpgsqlConnection connection, CandleQuery shape, IReadOnlyList<(CandleQuery Query, StoredSeries Series)> stored, int batchRows,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var isGiven = false;
        foreach (var (own, series) in stored)
        {
            var query = own with { Microstructure = shape.Microstructure };
            var factors = await ReadFactorsAsync(connection, query, series, cancellation);
            var batches = query.Descending
                ? PagesAsync(connection, query with { Newest = true }, series, factors, cancellation)
                : new ResampledSeries(connection, series.Id!.Value, query, series, factors, _sources).ReadAsync(batchRows, cancellation);
            await foreach (var batch in batches)
            {
                isGiven = true;
                yield return batch;
            }
        }

        if (isGiven)
            yield break;
        using var nothing = new CandleBatch(shape, 0);
        yield return nothing;
    }

    private async IAsyncEnumerable<CandleBatch> PagesAsync(
        NpgsqlConnection connection, CandleQuery query, StoredSeries series, AdjustmentFactors factors,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var left = query.Limit ?? int.MaxValue;
        var rows = query.Features ? PageWithFeatures : PageWithoutFeatures;
        for (var more = true; more && left > 0;)
        {
            (var page, more) = await ReadPageAsync(connection, query with { Limit = Math.Min(rows, left) }, series, factors, cancellation);
            using (page)
            {
                left -= page.Count;
                if (page.Count > 0)
                    query = query with { To = null, Before = page.Timestamp(page.Count - 1) };
                yield return page;
            }
        }
    }

    private async Task<(CandleBatch Page, bool HasMore)> ReadPageAsync(
        NpgsqlConnection connection, CandleQuery query, StoredSeries series, AdjustmentFactors factors, CancellationToken cancellation)
    {
        var page = new CandleBatch(query, query.Resampled is null ? query.Limit!.Value + 1 : ResampledSeries.PageRows(query));
        try
        {
            // Longer bars name their sources while the connection is busy.
            if (query.Resampled is not null)
                await _sources.ReadAsync(connection, cancellation);
            var hasMore = query.Resampled is null
                ? await FillPageAsync(connection, query, series, factors, page, cancellation)
                : await new ResampledSeries(connection, series.Id!.Value, query, series, factors, _sources).FillPageAsync(page, cancellation);
            page.SetSeries(0, query);
            if (query.Descending)
                page.Reverse();
            await page.CompleteAsync(_sources, connection, cancellation);
            return (page, hasMore);
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    private static async Task<bool> FillPageAsync(
        NpgsqlConnection connection, CandleQuery query, StoredSeries series, AdjustmentFactors factors, CandleBatch page,
        CancellationToken cancellation)
    {
        var (id, limit) = (series.Id!.Value, query.Limit!.Value);
        await ReadRowsAsync(connection, id, query, series, page, cancellation);
        var hasMore = page.Count > limit;
        page.Truncate(limit);
        page.Adjust(factors);
        if (query.Newest)
            page.Reverse();
        if (query.Features && page.Count > 0)
            await AddFeaturesAsync(connection, query, series, factors, page, cancellation);
        return hasMore;
    }

    // Those without candles in the first interval that bars can be made of may have some in the next one.
    private async Task<IReadOnlyList<StoredSeries>> WithCandlesAsync(
        IEnumerable<StoredSeries> found, Timeframe timeframe, CancellationToken cancellation)
    {
        var series = found.ToDictionary(one => one.Instrument.Symbol);
        foreach (var interval in timeframe.Sources.Skip(1))
        {
            var without = series.Values.Where(one => one.First is null).Select(one => one.Instrument.Symbol).ToList();
            if (without.Count == 0)
                break;
            foreach (var other in (await _series.FindAllAsync(without, interval, cancellation)).Where(one => one.First is not null))
                series[other.Instrument.Symbol] = other;
        }

        return Ordered(series.Values);
    }

    private static IReadOnlyList<StoredSeries> Ordered(IEnumerable<StoredSeries> series) => [.. series.OrderBy(one => one.Instrument.Symbol)];

    // What comes before the first row that is given, for its features, has to have room too.
    private static int BatchRows(CandleQuery shape, int parts, int batchRows) =>
        shape.Limit is { } limit ? (int)Math.Min(batchRows, Math.Max(FeatureRun.Spacing, (long)limit * parts)) : batchRows;

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
        NpgsqlConnection connection, CandleQuery query, StoredSeries series, AdjustmentFactors factors, CandleBatch page,
        CancellationToken cancellation)
    {
        var (id, walk) = (series.Id!.Value, new FeatureWalk());
        var (first, last) = (page.Timestamp(0), page.Timestamp(page.Count - 1));
        if (query.HasStandardFeatures)
        {
            var scratch = new FeatureTable(FeatureCatalogue.For(query.Instrument.AssetClass));
            walk.Add(await EngineAsync(connection, id, query, factors, first, scratch, cancellation));
        }

        if (query.OtherFeatures.Count > 0)
            walk.Add(await EngineOfOthersAsync(connection, query, series, factors, first, cancellation));
        if (!query.IsFiltered)
        {
            walk.Complete(page, 0);
            return;
        }

        // What the filters left out counts for features, too.
        var all = query with { From = first, To = last, After = null, Before = null, Limit = null, ValidatedOnly = false, MinimumScore = null };
        await foreach (var batch in CandleStream.ReadAsync(connection, "walk page of candles", id, all, factors, FeatureRun.Spacing, cancellation))
            walk.Append(batch.Candles());
        walk.Give(page);
    }

    // Of features that no checkpoints are kept of: an engine that has taken in as many candles before an instant as they depend on.
    private static async Task<FeatureEngine> EngineOfOthersAsync(
        NpgsqlConnection connection, CandleQuery query, StoredSeries series, AdjustmentFactors factors, DateTime before,
        CancellationToken cancellation)
    {
        var engine = new FeatureEngine(query.Instrument, Timeframe.Of(query.Interval), query.OtherFeatures);
        var memory = engine.Features.Max(feature => feature.Memory!.Value);
        var way = new CandleQuery
        {
            Instrument = query.Instrument,
            Interval = query.Interval,
            AsOf = query.AsOf,
            Before = before,
            Newest = true,
            Limit = memory,
            Microstructure = false,
        };
        using var candles = new CandleBatch(way, memory + 1);
        await ReadRowsAsync(connection, series.Id!.Value, way, series, candles, cancellation);
        candles.Truncate(memory);
        candles.Adjust(factors);
        candles.Reverse();
        engine.Append(candles.Candles(), new FeatureTable(engine.Features));
        return engine;
    }

    // Candles, what they are adjusted by and the checkpoint before them are of one instant: else features could be of candles that are not shown.
    private static async Task<NpgsqlTransaction?> BeginSnapshotAsync(
        NpgsqlConnection connection, CandleQuery query, StoredSeries series, CancellationToken cancellation) =>
        query.Features || IsAdjusted(query, series) ? await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation) : null;

    private static Task<AdjustmentFactors> ReadFactorsAsync(
        NpgsqlConnection connection, CandleQuery query, StoredSeries series, CancellationToken cancellation) =>
        IsAdjusted(query, series)
            ? CorporateActionReader.ReadFactorsAsync(connection, query.Instrument.Symbol, query.Interval, query.AsOf, cancellation, query.SplitsOnly)
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
    internal static IEnumerable<CandleQuery> Windows(CandleQuery query, StoredSeries series, int limit)
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
