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
    ProviderChain providers, CorporateActionStore actions, TimeProvider time, ILogger<CorporateActionRefresh> log)
{
    private static readonly DateOnly Earliest = new(1970, 1, 1);

    /// <summary>The same when that is due: never asked, or not within a day's time.</summary>
    internal async Task<bool> RefreshIfDueAsync(SeriesJob job, CancellationToken cancellation) =>
        await actions.IsCheckDueAsync(job.Instrument.Symbol, cancellation) && await RefreshAsync(job, cancellation);

    /// <summary>Asks the providers in order until one serves corporate actions; that none could be asked is noted with the job.</summary>
    /// <returns>Whether a split was recorded that was not known before.</returns>
    internal async Task<bool> RefreshAsync(SeriesJob job, CancellationToken cancellation)
    {
        var (instrument, missed) = (job.Instrument, new List<ProviderException>());
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        foreach (var provider in providers.For(instrument, BarInterval.OneDay))
        {
            try
            {
                var answer = await provider.FetchCorporateActionsAsync(instrument, Earliest, today, cancellation);
                if (answer.Served)
                    return await actions.SaveAsync(instrument.Symbol, answer.Splits, answer.Dividends, provider.Name, cancellation);
            }
            catch (ProviderException e)
            {
                LogNotServed(instrument.Symbol, provider.Name, e.Message);
                if (e.IsTransient)
                    missed.Add(e);
            }
        }

        // An empty answer of all providers counts as an answer; a failed call does not.
        job.Missed.AddRange(missed);
        if (missed.Count == 0)
            await actions.SaveAsync(instrument.Symbol, [], [], "", cancellation);
        return false;
    }

    [LoggerMessage(LogLevel.Warning, "Corporate actions of {Symbol} could not be had from {Provider}: {Reason}")]
    private partial void LogNotServed(Symbol symbol, string provider, string reason);
}
