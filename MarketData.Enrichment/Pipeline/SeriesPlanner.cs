using System.Runtime.CompilerServices;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Schema;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Pipeline;

/// <summary>
/// Says what of a series is to be fetched: a backfill that was asked for or broken off, the whole history of a new series, else what is new
/// since the watermark with a small overlap; then what is missing and due to be asked for again. Nothing of it is past its retention.
/// </summary>
public sealed partial class SeriesPlanner(
    SeriesReader series, BackfillStore backfills, IOptions<HistoryOptions> history, IOptions<StorageOptions> storage, ILogger<SeriesPlanner> log)
{
    private const int MostGaps = 20;

    /// <summary>The portions, in order; each is planned when the one before is stored.</summary>
    internal async IAsyncEnumerable<Portion> PlanAsync(SeriesJob job, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // A backfill that another run left unfinished comes after the new candles.
        var unfinished = (await BackfillsAsync(job, cancellation))
            .ToLookup(backfill => job.Progress.Job.RangeFrom is null && backfill.To <= job.State.LastTs);
        foreach (var portion in unfinished[false].SelectMany(backfill => Portions(job, backfill)))
            yield return portion;

        if (job.Progress.Job.RangeFrom is not null || job.State.LastTs is not { } last)
            yield break;
        if (!job.IsUpToDate)
        {
            var overlap = FetchPlan.OverlapStart(last, job.State.FinalThrough, job.Calendar, job.Interval);
            if (job.State.ProvisionalFrom < overlap)
                overlap = job.State.ProvisionalFrom.Value;
            foreach (var (from, to) in FetchPlan.Portions(Kept(job, overlap), job.End, job.Interval, job.TickerChanges))
                yield return new Portion(from, to);
        }

        foreach (var gap in (await series.GapsDueAsync(job.Instrument.Symbol, job.Interval, cancellation)).Take(MostGaps))
        {
            // With the candle after it, whose score says that something was missing before it.
            var end = job.Calendar.Next(gap.End, job.Interval).AddMicroseconds(1);
            yield return new Portion(Kept(job, gap.Start), end, TimesAsked: gap.AskedCount + 1);
        }

        foreach (var portion in unfinished[true].SelectMany(backfill => Portions(job, backfill)))
            yield return portion;
    }

    /// <summary>
    /// Has the whole history of a series that nothing is stored of asked for by its next run: after candles of an import it would not look new.
    /// </summary>
    internal async Task BeginHistoryAsync(SeriesJob job, CancellationToken cancellation)
    {
        var (symbol, timeframe) = (job.Instrument.Symbol.Value, job.Interval.Name());
        var from = FirstWanted(job);
        if (job.State.LastTs is null && from < job.End && (await backfills.OpenAsync(symbol, timeframe, cancellation)).Count == 0)
            await backfills.BeginAsync(symbol, timeframe, from, job.End, job.Progress.Job, cancellation);
    }

    private IEnumerable<Portion> Portions(SeriesJob job, Backfill backfill)
    {
        if (backfill.Distrusts is { } provider)
            LogAskedAgain(job.Instrument.Symbol, job.Interval.Name(), backfill.Next, backfill.To, provider);
        return FetchPlan.Portions(Kept(job, backfill.Next), backfill.To, job.Interval, job.TickerChanges)
            .Select(range => new Portion(range.From, range.To, backfill));
    }

    private async Task<IReadOnlyList<Backfill>> BackfillsAsync(SeriesJob job, CancellationToken cancellation)
    {
        var (symbol, timeframe, run) = (job.Instrument.Symbol.Value, job.Interval.Name(), job.Progress.Job.JobId);
        if (job.Progress.Job is { RangeFrom: { } from, RangeTo: { } to })
        {
            // Goes on with the range as it was begun: job.End has moved since.
            if (await backfills.OfRunAsync(symbol, timeframe, run, cancellation) is { } begun)
                return [begun];
            var (start, end) = (Listed(job, Kept(job, from)), to < job.End ? to : job.End);
            job.IsRangeEmpty = start >= end;
            return start < end ? [await backfills.BeginAsync(symbol, timeframe, start, end, job.Progress.Job, cancellation)] : [];
        }

        if (await backfills.OpenAsync(symbol, timeframe, cancellation) is { Count: > 0 } open)
            return open;
        return job.State.LastTs is null ? [await backfills.BeginAsync(symbol, timeframe, FirstWanted(job), job.End, job.Progress.Job, cancellation)] : [];
    }

    private static DateTime Listed(SeriesJob job, DateTime from) => HistoryLimits.Listed(from, job.ListedFrom);

    // One that is not traded yet is asked for all the same: it may have been listed earlier than was told.
    private DateTime FirstWanted(SeriesJob job)
    {
        var wanted = Kept(job, job.Now.Date.AddDays(-history.Value.For(job.Interval)));
        return job.ListedFrom < job.End ? Listed(job, wanted) : wanted;
    }

    private DateTime Kept(SeriesJob job, DateTime from) =>
        HistoryLimits.Kept(job.Instrument, job.Interval, from, job.HistoryFrom, storage.Value.Retention, job.Now);

    [LoggerMessage(
        LogLevel.Warning,
        "{Symbol} {Timeframe} from {From:u} to {To:u} is asked for again: {Provider} calls it otherwise on these days than was known when they were stored")]
    private partial void LogAskedAgain(Symbol symbol, string timeframe, DateTime from, DateTime to, string provider);
}
