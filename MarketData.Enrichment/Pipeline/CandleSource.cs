using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Pipeline;

/// <summary>Fetches a portion from the providers, and puts on record which of them failed on the way.</summary>
public sealed class CandleSource(
    ProviderChain providers,
    RunReadAhead readAhead,
    CrossCheck crossCheck,
    EnrichmentLog journal,
    BackfillStore backfills,
    EnrichmentMetrics metrics,
    TimeProvider time)
{
    /// <summary>Fetches a portion's closed candles.</summary>
    /// <returns>The answer; null when a gap was fetched again and no provider answered, which does not fail the job.</returns>
    /// <exception cref="ProviderChainException">No provider answered.</exception>
    internal async Task<ChainResult?> FetchAsync(SeriesJob job, Portion portion, CancellationToken cancellation)
    {
        var startedAt = time.GetTimestamp();
        try
        {
            var answer = await AskAsync(job, portion, cancellation);
            await RecordFailuresAsync(job, answer.Failures, cancellation);
            RecordDuration(answer.Result.Provider, job, "success", startedAt);
            return answer.IsFallback || portion.TimesAsked > 0
                ? answer
                : answer with { OtherCloses = await crossCheck.OtherClosesAsync(job, answer.Result, cancellation) };
        }
        catch (ProviderChainException e)
        {
            await RecordFailuresAsync(job, e.Failures, cancellation);
            foreach (var failure in e.Failures)
                RecordDuration(failure.Provider, job, "failed", startedAt);
            if (portion.Backfill is { } backfill)
            {
                await backfills.FailAsync(
                    job.Instrument.Symbol.Value, job.Interval.Name(), backfill, e.Message, job.Progress.Job.Fence, cancellation);
            }

            if (portion.TimesAsked > 0)
                return null;
            throw;
        }
    }

    private async Task<ChainResult> AskAsync(SeriesJob job, Portion portion, CancellationToken cancellation)
    {
        var (instrument, interval) = (job.Instrument, job.Interval);
        var to = portion.To < job.End ? portion.To : job.End;
        var candidates = providers.For(instrument, interval);
        if (portion.TimesAsked == 0 || candidates.Count < 2)
        {
            return await providers.FetchAsync(
                instrument, interval, portion.From, to,
                (provider, end) => readAhead.FetchAsync(job, portion, provider, end, cancellation), job.IsLastAttempt);
        }

        // What one provider lacks another may have: each gets its turn.
        var turn = portion.TimesAsked % candidates.Count;
        try
        {
            var result = await candidates[turn].FetchAsync(instrument, interval, portion.From, to, cancellation);
            return new ChainResult(result, turn > 0, result.Shortfall is { } shortfall ? [shortfall] : []) { AnsweredTo = to };
        }
        catch (ProviderException e)
        {
            throw new ProviderChainException(instrument, interval, [e]);
        }
    }

    private async Task RecordFailuresAsync(SeriesJob job, IReadOnlyList<ProviderException> failures, CancellationToken cancellation)
    {
        foreach (var failure in failures)
        {
            var entry = new FetchLogEntry
            {
                Source = failure.Provider,
                Error = failure.Message,
                NotAsked = failure.Kind == ProviderErrorKind.CircuitOpen,
                TraceId = job.Progress.TraceId,
            };
            await journal.FetchFailedAsync(job.Progress.Job.JobId, job.Instrument.Symbol.Value, job.Interval.Name(), entry, cancellation);
        }
    }

    private void RecordDuration(string provider, SeriesJob job, string outcome, long startedAt) => metrics.FetchDuration.Record(
        time.GetElapsedTime(startedAt).TotalSeconds, new("provider", provider), new(
            "timeframe", job.Interval.Name()), new("outcome", outcome));
}
