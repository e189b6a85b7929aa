using MarketData.Domain.Candles;
using MarketData.Domain.Quality;
using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Pipeline;

/// <summary>
/// Looks, when all portions of a series are stored, whether there was anything at all, and whether the symbol still trades.
/// </summary>
public sealed class OutcomeCheck(ProviderChain providers, SeriesReader series, SeriesWriter writer, BackfillStore backfills)
{
    /// <summary>Says so when the job got nothing, or when no provider knows the symbol any more.</summary>
    /// <exception cref="NothingFoundException">That is so.</exception>
    internal async Task CheckAsync(SeriesJob job, CancellationToken cancellation)
    {
        var symbol = job.Instrument.Symbol;
        if (job.IsRangeEmpty)
            throw EmptyRange(job);
        if (!job.HasCandles && job.Refused.Count > 0)
        {
            await ForgetBackfillAsync(job, cancellation);
            throw NothingFoundException.AllRefused(symbol, job.Refused, isNew: job.State.LastTs is null);
        }

        if (await series.LastOfSymbolAsync(symbol, cancellation) is not { } last)
        {
            if (job.HasHeard)
                return;
            await ForgetBackfillAsync(job, cancellation);
            throw NothingFoundException.NoData(symbol, job.Said);
        }

        if (job.IsUnknown || await HasEndedAsync(job, cancellation))
        {
            if (job.State.LastTs is not null)
                await EndAsync(job, cancellation);
            throw NothingFoundException.Delisted(symbol, DateOnly.FromDateTime(last), job.Said);
        }

        if (job.Progress.Job.RangeFrom is null || job.Replies.Count == 0 || job.HasHeard)
            return;
        await ForgetBackfillAsync(job, cancellation);
        throw EmptyRange(job);
    }

    private Task ForgetBackfillAsync(SeriesJob job, CancellationToken cancellation) =>
        backfills.ForgetAsync(job.Instrument.Symbol.Value, job.Interval.Name(), job.Progress.Job, cancellation);

    private static NothingFoundException EmptyRange(SeriesJob job) => NothingFoundException.EmptyRange(
        job.Instrument.Symbol, (job.Progress.Job.RangeFrom!.Value, job.Progress.Job.RangeTo!.Value), [.. job.Said], job.ListedFrom);

    // Whoever still serves the symbol has nothing after the last candle, and all others no longer know it. They are asked only when
    // candles are late, since a provider may be.
    private async Task<bool> HasEndedAsync(SeriesJob job, CancellationToken cancellation)
    {
        if (job.Progress.Job.RangeFrom is not null || job.State.LastTs is not { } last
            || !SeriesHealth.IsLate(last, job.Now, job.Calendar, job.Interval))
            return false;
        var isUnknown = false;
        foreach (var provider in providers.For(job.Instrument, job.Interval))
        {
            if (!job.Replies.TryGetValue(provider.Name, out var failure))
            {
                try
                {
                    var result = await provider.FetchAsync(job.Instrument, job.Interval, last.AddMicroseconds(1), job.End, cancellation);
                    if (result.HasAny)
                        return false;
                }
                catch (ProviderException e)
                {
                    failure = e;
                }

                job.Replies[provider.Name] = failure;
            }

            if (failure is { Kind: not ProviderErrorKind.UnknownSymbol })
                return false;
            isUnknown |= failure is not null;
        }

        return isUnknown;
    }

    // What never traded after the last candle is not missing.
    private Task<WriteResult> EndAsync(SeriesJob job, CancellationToken cancellation)
    {
        var last = job.State.LastTs!.Value;
        var write = new SeriesWrite
        {
            Instrument = job.Instrument,
            Interval = job.Interval,
            Fence = job.Progress.Job.Fence,
            JobId = job.Progress.Job.JobId,
            Source = job.State.LastSource ?? "",
            GapRange = (last, job.End),
            LastDate = job.Calendar.DateOf(last, job.Interval),
        };
        return job.Progress.StepAsync(EnrichmentStep.Store, job.Interval, stop => writer.WriteAsync(write, stop), cancellation);
    }
}
