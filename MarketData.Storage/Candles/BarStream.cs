using System.Runtime.InteropServices;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Storage.Candles;

/// <summary>Makes bars of the stored candles of a series as they come, in order of time and in constant memory.</summary>
/// <param name="candles">The candles, adjusted; batches that are valid until the next is asked for.</param>
/// <param name="query">Which bars.</param>
/// <param name="last">Opening instant of the last candle that there is of the series, UTC; null where that is not known.</param>
/// <param name="walk">Computes their features; null for none.</param>
/// <param name="sources">The names of the candles' sources.</param>
internal sealed class BarStream(
    IAsyncEnumerable<CandleBatch> candles, CandleQuery query, DateTime? last, FeatureWalk? walk, CandleSources sources) : IAsyncDisposable
{
    // A year of five minutes around the clock would be a hundred thousand: so many are put together at once.
    private const int MostParts = 4_096;

    private readonly IAsyncEnumerator<CandleBatch> _candles = candles.GetAsyncEnumerator();
    private readonly BarGrid _grid = new(query.Instrument, query.Resampled!, query.Interval);
    private readonly List<Candle> _parts = new(64);
    private readonly List<string> _sources = [];
    private CandleBatch? _batch;
    private int _row;
    private BarSpan _bar;
    private DateTime _last = last ?? DateTime.MinValue;
    private (short Issues, bool IsValidated, double Score) _verdict;

    /// <summary>Adds the bars that follow and that the query asks for, up to so many rows.</summary>
    /// <returns>Whether there may be more.</returns>
    public async Task<bool> FillAsync(CandleBatch batch, int most, CancellationToken cancellation)
    {
        var isEnd = false;
        while (!isEnd && batch.Count < most)
        {
            var start = batch.Count;
            while (!isEnd && batch.Count < most)
                isEnd = !await AddNextAsync(batch, cancellation);
            batch.SetSeries(start, query);
            walk?.Complete(batch, start);
            batch.Filter(query, start);
        }

        return !isEnd;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _candles.DisposeAsync();

    private async ValueTask<bool> AddNextAsync(CandleBatch batch, CancellationToken cancellation)
    {
        while (true)
        {
            if (_batch is null || _row == _batch.Count)
            {
                if (await ReadAsync(cancellation))
                    continue;
                var isWhole = _parts.Count > 0 && _grid.IsComplete(_bar, _last, query.AsOf ?? query.Now);
                return isWhole && Add(batch);
            }

            var timestamp = _batch.Timestamp(_row);
            if (_parts.Count > 0 && !_bar.Contains(timestamp))
                return Add(batch);
            if (_parts.Count == 0)
                _bar = _grid.At(timestamp);
            Take(_batch, _row++);
        }
    }

    private async ValueTask<bool> ReadAsync(CancellationToken cancellation)
    {
        (_batch, _row) = (null, 0);
        if (!await _candles.MoveNextAsync())
            return false;
        _batch = _candles.Current;
        await _batch.CompleteAsync(sources, null, cancellation);
        if (_batch.Count > 0 && _batch.Timestamp(_batch.Count - 1) is var read && read > _last)
            _last = read;
        return true;
    }

    private void Take(CandleBatch batch, int row)
    {
        if (_parts.Count == MostParts)
        {
            var all = Candle.Combine(_bar.Stamp, [.. _parts]);
            _parts.Clear();
            _parts.Add(all);
        }

        var (issues, isValidated, score, source) = batch.VerdictOf(row);
        _verdict = _parts.Count == 0
            ? (issues, isValidated, score)
            : ((short)(_verdict.Issues | issues), _verdict.IsValidated && isValidated, Math.Min(_verdict.Score, score));
        _parts.Add(batch.CandleOf(row));
        if (!_sources.Contains(source))
            _sources.Add(source);
    }

    // The last bar of a range may reach beyond it: it is known by its stamp.
    private bool Add(CandleBatch batch)
    {
        if (_bar.Stamp >= query.Until)
            return false;
        var candle = Candle.Combine(_bar.Stamp, CollectionsMarshal.AsSpan(_parts));
        batch.Add(candle, string.Join('+', _sources), _verdict);
        _parts.Clear();
        _sources.Clear();
        return true;
    }
}
