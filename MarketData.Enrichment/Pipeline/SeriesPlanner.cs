using System.Runtime.CompilerServices;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Pipeline;

/// <summary>
/// Says what of a series is to be fetched: a backfill that was asked for or broken off, the whole history of a new series, else what is new
/// since the watermark with a small overlap; then what is missing and due to be asked for again. Nothing of it is past its retention.
/// </summary>
public sealed class SeriesPlanner(
    SeriesReader series, BackfillStore backfills, IOptions<HistoryOptions> history, IOptions<StorageOptions> storage)
{
    private const int MostGaps = 20;

    /// <summary>The portions, in order; each is planned when the one before is stored.</summary>
    internal async IAsyncEnumerable<Portion> PlanAsync(SeriesJob job, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var backfill = await BackfillAsync(job, cancellation);
        // What another run left to be done of the past must not keep back what is new.
        var isInherited = job.Progress.Job.RangeFrom is null && backfill?.To <= job.State.LastTs;
        if (backfill is not null && !isInherited)
        {
            foreach (var portion in Portions(job, backfill))
                yield return portion;
        }

        if (job.Progress.Job.RangeFrom is not null || job.State.LastTs is not { } last)
            yield break;
        if (!job.IsUpToDate)
        {
            var overlap = FetchPlan.OverlapStart(last, job.State.FinalThrough, job.Calendar, job.Interval);
            if (job.State.ProvisionalFrom < overlap)
                overlap = job.State.ProvisionalFrom.Value;
            foreach (var (from, to) in FetchPlan.Portions(Kept(job, overlap), job.End, job.Interval))
                yield return new Portion(from, to);
        }

        foreach (var gap in (await series.GapsDueAsync(job.Instrument.Symbol, job.Interval, cancellation)).Take(MostGaps))
        {
            // With the candle after it, whose score says that something was missing before it.
            var end = job.Calendar.Next(gap.End, job.Interval).AddMicroseconds(1);
            yield return new Portion(Kept(job, gap.Start), end, TimesAsked: gap.AskedCount + 1);
        }

        if (backfill is not null && isInherited)
        {
            foreach (var portion in Portions(job, backfill))
                yield return portion;
        }
    }

    private IEnumerable<Portion> Portions(SeriesJob job, Backfill backfill) =>
        FetchPlan.Portions(Kept(job, backfill.Next), backfill.To, job.Interval).Select(range => new Portion(range.From, range.To, backfill));

    private async Task<Backfill?> BackfillAsync(SeriesJob job, CancellationToken cancellation)
    {
        var (symbol, timeframe, run) = (job.Instrument.Symbol.Value, job.Interval.Name(), job.Progress.Job.JobId);
        if (job.Progress.Job is { RangeFrom: { } from, RangeTo: { } to })
        {
            // As it was begun: time has passed since, and with it the end of what can be had.
            if (await backfills.OfRunAsync(symbol, timeframe, run, cancellation) is { } begun)
                return begun;
            var (start, end) = (Kept(job, from), to < job.End ? to : job.End);
            return start < end ? await backfills.BeginAsync(symbol, timeframe, start, end, run, cancellation) : null;
        }

        if (await backfills.OpenAsync(symbol, timeframe, cancellation) is { } open)
            return open;
        return job.State.LastTs is null
            ? await backfills.BeginAsync(
                symbol, timeframe, Kept(job, job.Now.Date.AddDays(-history.Value.For(job.Interval))), job.End, run, cancellation)
            : null;
    }

    // What is older would be forgotten again, and Unix time is where that begins which providers can be asked for.
    private DateTime Kept(SeriesJob job, DateTime from) =>
        new[] { from, DateTime.UnixEpoch, storage.Value.Retention.KeptFrom(job.Interval, job.Now) ?? DateTime.UnixEpoch }.Max();
}
