using MarketData.Domain.Validation;
using MarketData.Storage.Candles;

namespace MarketData.Enrichment.Pipeline;

/// <summary>
/// Reads what is stored in and around a range that is to be scored: as far as what is said of its candles depends on others, and what is
/// said of others on them.
/// </summary>
public sealed class WindowReader(SeriesReader series)
{
    // Twenty sessions, with all that is closed between them.
    private static readonly TimeSpan Reach = TimeSpan.FromDays(40);

    /// <summary>Reads a window, wider where the unit of the price changes in it.</summary>
    /// <param name="job">The series.</param>
    /// <param name="from">The beginning of the range, UTC.</param>
    /// <param name="to">Its end, UTC, exclusive.</param>
    /// <param name="context">What else scoring needs to know.</param>
    /// <param name="merge">Makes the window of the candles stored before the range, in it, with the one after it, and after that.</param>
    /// <param name="cancellation">Stops it.</param>
    internal async Task<CandleWindow> ReadAsync(
        SeriesJob job, DateTime from, DateTime to, ScoringContext context,
        Func<StoredCandle[], StoredCandle[], StoredCandle[], CandleWindow> merge, CancellationToken cancellation)
    {
        var window = await ReadAsync(job, (from, to), (CandleScorer.LookBack, CandleScorer.LookAhead), merge, cancellation);
        if (!window.ChangesUnit(context))
            return window;
        var (first, last) = (from - Reach, to + Reach);
        var lookBack = job.Calendar.CountExpected(first - 2 * Reach, first, job.Interval);
        var lookAhead = job.Calendar.CountExpected(from, from + 2 * Reach, job.Interval);
        var look = ((int)Math.Max(lookBack, CandleScorer.LookBack), (int)Math.Max(lookAhead, CandleScorer.LookAhead));
        return await ReadAsync(job, (first, last), look, merge, cancellation);
    }

    private async Task<CandleWindow> ReadAsync(
        SeriesJob job, (DateTime From, DateTime To) range, (int Back, int Ahead) look,
        Func<StoredCandle[], StoredCandle[], StoredCandle[], CandleWindow> merge, CancellationToken cancellation)
    {
        var (symbol, interval, from) = (job.Instrument.Symbol, job.Interval, range.From);
        var before = await series.BeforeAsync(symbol, interval, from, look.Back, cancellation);
        // The first candles of a series are judged by those that follow.
        if (before.Length is > 0 and < CandleScorer.LookBack)
            (from, before) = (before[0].Candle.Timestamp, []);
        var next = await series.NextAsync(symbol, interval, range.To, cancellation);
        var stored = await series.RangeAsync(symbol, interval, from, next?.AddMicroseconds(1) ?? range.To, cancellation);
        var after = next is { } last ? await series.AfterAsync(symbol, interval, last, look.Ahead, cancellation) : [];
        return merge(before, stored, after);
    }
}
