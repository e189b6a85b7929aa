using MarketData.Domain.Candles;
using MarketData.Enrichment.Resilience;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Providers;

/// <summary>Asks the providers of an instrument in order of preference until one answers.</summary>
/// <remarks>
/// <see cref="ProviderOrder"/> tells the order. A provider whose circuit is open, or that turns this client away, is skipped at once;
/// an unknown symbol, a refused key or request, or a plan that lacks the range moves on to the next; other failures do so only when the
/// caller allows it, so that a hiccup is retried where the data come from and not papered over with another source's figures. The same
/// goes for an answer
/// that lacks a part.
/// </remarks>
public sealed class ProviderChain(IEnumerable<IMarketDataProvider> providers, IOptions<ProviderOrder> order)
{
    private readonly IMarketDataProvider[] _providers = [.. providers];

    /// <summary>The enabled providers that serve the instrument in that interval, first choice first.</summary>
    public IReadOnlyList<IMarketDataProvider> For(Instrument instrument, BarInterval interval) =>
        [.. _providers
            .Where(provider => provider.Supports(instrument, interval))
            .OrderBy(provider => order.Value.Place(instrument, provider.Name))];

    /// <summary>
    /// Fetches closed bars opening in [<paramref name="from"/>, <paramref name="to"/>) from the first provider that has them.
    /// </summary>
    /// <param name="instrument">What to fetch.</param>
    /// <param name="interval">Its interval.</param>
    /// <param name="from">First opening instant, UTC.</param>
    /// <param name="to">End of the range, UTC, exclusive.</param>
    /// <param name="ask">Asks one of them up to an instant.</param>
    /// <param name="fallBackOnTransient">Whether a transient failure moves on to the next provider: on a job's last attempt.</param>
    /// <exception cref="ProviderChainException">No provider answered.</exception>
    public async Task<ChainResult> FetchAsync(
        Instrument instrument, BarInterval interval, DateTime from, DateTime to, Func<IMarketDataProvider, DateTime, Task<FetchResult>> ask,
        bool fallBackOnTransient)
    {
        ArgumentNullException.ThrowIfNull(ask);
        var (failures, silent, end) = (new List<ProviderException>(), new List<string>(), to);
        var candidates = For(instrument, interval);
        FetchResult? empty = null;
        foreach (var provider in candidates)
        {
            try
            {
                var result = await ask(provider, end);
                if (result.Shortfall is { } shortfall)
                {
                    failures.Add(shortfall);
                    if (!fallBackOnTransient)
                        throw new ProviderChainException(instrument, interval, failures);
                }

                if (result.HasAny)
                    return new ChainResult(result, IsFallback: provider != candidates[0], failures) { AnsweredTo = end, Empty = silent };

                silent.Add(provider.Name);
                empty ??= result;
            }
            catch (ProviderException failure)
            {
                failures.Add(failure);
                // Whichever of the two is wrong, another provider's answer would not be of what is on record either.
                if (failure.Kind == ProviderErrorKind.IdentityMismatch)
                    throw new ProviderChainException(instrument, interval, failures);
                if (failure is { IsTransient: true, IsRefusal: false, Kind: not ProviderErrorKind.CircuitOpen } && !fallBackOnTransient)
                    throw new ProviderChainException(instrument, interval, failures);
                // What its plan serves is asked of it; the others are asked only for what comes before.
                if (failure.ServedFrom is { } served && served > from && served < end)
                    end = served;
            }
        }

        if (end < to)
            empty ??= Nothing(candidates[0].Name, instrument, interval, from);
        return empty is not null && !failures.Exists(failure => failure.IsTransient)
            ? new ChainResult(empty, IsFallback: empty.Provider != candidates[0].Name, failures) { AnsweredTo = end, Empty = silent }
            : throw new ProviderChainException(instrument, interval, failures);
    }

    private static FetchResult Nothing(string provider, Instrument instrument, BarInterval interval, DateTime from) =>
        new() { Provider = provider, Instrument = instrument, Interval = interval, Candles = default, CoveredFrom = from };
}
