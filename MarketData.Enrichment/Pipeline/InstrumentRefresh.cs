using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;
using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Symbols;

namespace MarketData.Enrichment.Pipeline;

/// <summary>
/// Keeps the record of a job's instrument: what follows from its name, under which names providers have listed it, and what they tell along
/// with their answers.
/// </summary>
public sealed partial class InstrumentRefresh(
    ProviderChain providers, InstrumentStore instruments, AliasStore aliases, ILogger<InstrumentRefresh> log)
{
    /// <summary>
    /// Completes the record before anything is fetched by it, asking for changes of ticker where that is due: a history that is fetched under
    /// the wrong name is another company's.
    /// </summary>
    internal async Task RefreshAsync(SeriesJob job, CancellationToken cancellation)
    {
        var symbol = job.Instrument.Symbol;
        await instruments.FillAsync(symbol, cancellation);
        if (job.HasActions && await aliases.IsCheckDueAsync(symbol, cancellation))
            await AskForTickersAsync(job, cancellation);
        var record = await instruments.ReadAsync(job.Instrument, cancellation);
        job.TickerChanges = record.TickerChanges();
        job.HistoryFrom = record.HistoryFrom is { } first ? job.Calendar.BeginOf(first, job.Interval) : null;
        job.NoteListing(record.FirstTraded);
    }

    /// <summary>Notes what a provider told along with its candles; an answer without any tells nothing.</summary>
    internal Task ConfirmAsync(SeriesJob job, FetchResult result, CancellationToken cancellation) =>
        result is { Facts: { } facts, Candles.IsEmpty: false } ? instruments.ConfirmAsync(job.Instrument.Symbol, facts, cancellation) : Task.CompletedTask;

    private async Task AskForTickersAsync(SeriesJob job, CancellationToken cancellation)
    {
        var (symbol, isComplete) = (job.Instrument.Symbol, true);
        foreach (var provider in providers.For(job.Instrument, BarInterval.OneDay))
        {
            try
            {
                var told = await provider.FetchTickersAsync(job.Instrument, cancellation);
                await aliases.ReplaceAsync(symbol, provider.Name, AliasSource.TickerEvents, told, null, cancellation);
            }
            catch (ProviderException e)
            {
                LogNotServed(symbol, provider.Name, e.Message);
                isComplete &= !e.IsTransient;
                if (e.IsTransient)
                    job.Miss([e]);
            }
        }

        if (isComplete)
            await aliases.NoteCheckAsync(symbol, cancellation);
    }

    [LoggerMessage(LogLevel.Warning, "Changes of {Symbol}'s ticker could not be had from {Provider}: {Reason}")]
    private partial void LogNotServed(Symbol symbol, string provider, string reason);
}
