using MarketData.Domain.Candles;
using MarketData.Enrichment.Resilience;

namespace MarketData.Enrichment.Providers;

/// <summary>A provider that gives the bars, and the corporate actions, of many symbols in one request.</summary>
public interface IBatchProvider : IMarketDataProvider
{
    /// <summary>The most symbols that one request may name, 2 or more.</summary>
    int MostSymbols { get; }

    /// <summary>The most bars that one answer holds, over all symbols.</summary>
    int MostBars { get; }

    /// <summary>Fetches the closed bars of several instruments that open in [<paramref name="from"/>, <paramref name="to"/>), both UTC.</summary>
    /// <returns>
    /// What each is answered, as <see cref="IMarketDataProvider.FetchAsync"/> would; whoever is not among them is to be asked for alone: the
    /// provider did not answer for it in a batch, or its name changed within the range.
    /// </returns>
    /// <param name="instruments">At most <see cref="MostSymbols"/>, each supported in the interval.</param>
    /// <param name="interval">The bars' interval.</param>
    /// <param name="from">First opening instant, UTC.</param>
    /// <param name="to">End of the range, UTC, exclusive.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProviderException">The provider could not be asked, refused, or answered something unreadable.</exception>
    Task<IReadOnlyDictionary<Symbol, FetchResult>> FetchBatchAsync(
        IReadOnlyList<Instrument> instruments, BarInterval interval, DateTime from, DateTime to, CancellationToken cancellationToken);

    /// <summary>Fetches the splits and dividends of several instruments with ex-dates in [<paramref name="from"/>, <paramref name="to"/>].</summary>
    /// <returns>As for bars.</returns>
    /// <exception cref="ProviderException">The provider could not be asked, refused, or answered something unreadable.</exception>
    Task<IReadOnlyDictionary<Symbol, CorporateActions>> FetchBatchCorporateActionsAsync(
        IReadOnlyList<Instrument> instruments, DateOnly from, DateOnly to, CancellationToken cancellationToken);
}
