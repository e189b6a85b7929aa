using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Candles;

namespace MarketData.Enrichment.Pipeline;

/// <summary>
/// Asks the providers for an instrument's splits and dividends and puts them on record. They are asked for apart from the candles: when a
/// jump looks like a split, and once a day, so that they never use up permits that candles wait for.
/// </summary>
public sealed partial class CorporateActionRefresh(
    ProviderChain providers, RunReadAhead readAhead, CorporateActionStore actions, TimeProvider time, ILogger<CorporateActionRefresh> log)
{
    private static readonly DateOnly Earliest = new(1970, 1, 1);

    /// <summary>Asks when that is due, never asked or not within a day's time, the first provider that serves corporate actions.</summary>
    internal async Task RefreshIfDueAsync(SeriesJob job, CancellationToken cancellation)
    {
        if (await actions.IsCheckDueAsync(job.Instrument.Symbol, cancellation))
            await RefreshAsync(job, everyone: false, cancellation);
    }

    /// <summary>Asks the providers in order; that one could not be asked is noted with the job.</summary>
    /// <param name="job">Of what.</param>
    /// <param name="everyone">Whether all are asked, for they contradict each other; else until one serves corporate actions.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Whether a split came into effect, changed, or went out of it.</returns>
    internal async Task<bool> RefreshAsync(SeriesJob job, bool everyone, CancellationToken cancellation)
    {
        var (instrument, missed, served, changed) = (job.Instrument, new List<ProviderException>(), false, false);
        // Where it trades it may be tomorrow.
        var today = Exchange.Of(instrument).DateAt(time.GetUtcNow().UtcDateTime.AddHours(1));
        foreach (var provider in providers.For(instrument, BarInterval.OneDay))
        {
            try
            {
                var answer = everyone
                    ? await provider.FetchCorporateActionsAsync(instrument, Earliest, today, cancellation)
                    : await readAhead.FetchCorporateActionsAsync(job, provider, Earliest, today, cancellation);
                if (!answer.Served)
                    continue;
                served = true;
                foreach (var flaw in answer.Flaws)
                    LogUnreadable(instrument.Symbol, provider.Name, flaw);
                var isComplete = answer.Flaws.Count == 0;
                changed |= await actions.ReportAsync(instrument, answer.Splits, answer.Dividends, provider.Name, isComplete, cancellation);
                if (!everyone)
                    break;
            }
            catch (ProviderException e)
            {
                LogNotServed(instrument.Symbol, provider.Name, e.Message);
                if (e.IsTransient)
                    missed.Add(e);
            }
        }

        // An empty answer of all providers counts as an answer; a failed call does not, unless another served.
        if (served || missed.Count == 0)
            await actions.NoteCheckAsync(instrument.Symbol, cancellation);
        if (!served)
            job.Miss(missed);
        return changed;
    }

    /// <summary>Puts on record what came with candles.</summary>
    internal async Task ReportAsync(SeriesJob job, FetchResult result, CancellationToken cancellation)
    {
        if (result.Actions is { Served: true } told && told.Splits.Count + told.Dividends.Count > 0)
            await actions.ReportAsync(job.Instrument, told.Splits, told.Dividends, result.Provider, isComplete: false, cancellation);
    }

    /// <summary>
    /// Judges reports by the daily prices that were stored, where that may change what became of one; after those of a currency pair the
    /// dividends that wait for its rate.
    /// </summary>
    /// <returns>Whether a split of the job's came into effect, changed, or went out of it.</returns>
    internal async Task<bool> JudgeAsync(SeriesJob job, CancellationToken cancellation)
    {
        if (job.Interval != BarInterval.OneDay)
            return false;
        foreach (var waiting in await actions.WaitingForAsync(job.Instrument.Symbol, cancellation))
            await actions.JudgeAsync(waiting, cancellation);
        return job.HasActions
            && await actions.IsJudgementDueAsync(job.Instrument.Symbol, cancellation)
            && await actions.JudgeAsync(job.Instrument, cancellation);
    }

    [LoggerMessage(LogLevel.Warning, "A corporate action of {Symbol} by {Provider} can't be read and is left out: {Flaw}")]
    private partial void LogUnreadable(Symbol symbol, string provider, string flaw);

    [LoggerMessage(LogLevel.Warning, "Corporate actions of {Symbol} could not be had from {Provider}: {Reason}")]
    private partial void LogNotServed(Symbol symbol, string provider, string reason);
}
