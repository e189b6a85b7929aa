using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;
using MarketData.Enrichment.Resilience;

namespace MarketData.Enrichment.Providers;

/// <summary>Asks every provider that could serve a symbol what it is, all at once.</summary>
public sealed class SymbolLookup(ProviderChain providers, TimeProvider time)
{
    /// <summary>How long a provider is waited for, retries included: somebody waits for the answer.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    /// <summary>Asks them.</summary>
    /// <param name="instrument">The symbol, and the class that it is presumed to be of.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>What each said; none when no enabled provider could serve it.</returns>
    public async Task<IReadOnlyList<ProviderAnswer>> AskAsync(Instrument instrument, CancellationToken cancellation) =>
        await Task.WhenAll(providers.For(instrument, BarInterval.OneDay).Select(provider => AskAsync(provider, instrument, cancellation)));

    private async Task<ProviderAnswer> AskAsync(IMarketDataProvider provider, Instrument instrument, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            return await provider.LookUpAsync(instrument, either.Token) is { } facts
                ? new ProviderAnswer(provider.Name, LookupOutcome.Known, Facts: facts)
                : new ProviderAnswer(provider.Name, LookupOutcome.NotAsked, "keeps no record of what it serves.");
        }
        catch (ProviderException e)
        {
            var outcome = e.Kind == ProviderErrorKind.UnknownSymbol ? LookupOutcome.Unknown : LookupOutcome.NotAsked;
            return new ProviderAnswer(provider.Name, outcome, e.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new ProviderAnswer(provider.Name, LookupOutcome.NotAsked, $"did not answer within {Timeout.TotalSeconds:0} s.");
        }
    }
}
