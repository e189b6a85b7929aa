using MarketData.Domain.Candles;
using MarketData.Domain.Instruments;
using MarketData.Enrichment.Resilience;

namespace MarketData.Enrichment.Providers;

/// <summary>
/// A source of candles and corporate actions. Implementations answer with bars as traded, normalised to the project's stamps,
/// closed and in session, or fail with a <see cref="ProviderException"/>; they never hand on a bar they could not read.
/// </summary>
public interface IMarketDataProvider
{
    /// <summary>The name in tables, metrics and settings: that of its <see cref="ProviderRegistration"/>.</summary>
    string Name { get; }

    /// <summary>Whether the provider serves the instrument in that interval, natively or by aggregation.</summary>
    bool Supports(Instrument instrument, BarInterval interval);

    /// <summary>Fetches the closed bars that open in [<paramref name="from"/>, <paramref name="to"/>), both UTC.</summary>
    /// <exception cref="ProviderException">The provider could not be asked, refused, or answered something unreadable.</exception>
    Task<FetchResult> FetchAsync(
        Instrument instrument, BarInterval interval, DateTime from, DateTime to, CancellationToken cancellationToken);

    /// <summary>
    /// Estimates what <see cref="FetchAsync"/> would take, asking nobody: one request for all of it, where a provider does not say otherwise.
    /// </summary>
    FetchCost Estimate(Instrument instrument, BarInterval interval, DateTime from, DateTime to) => new(from, 1);

    /// <summary>Fetches the splits and dividends with ex-dates in [<paramref name="from"/>, <paramref name="to"/>].</summary>
    /// <returns>The actions; <see cref="CorporateActions.NotServed"/> where the provider has none to give.</returns>
    /// <exception cref="ProviderException">The provider could not be asked, refused, or answered something unreadable.</exception>
    Task<CorporateActions> FetchCorporateActionsAsync(
        Instrument instrument, DateOnly from, DateOnly to, CancellationToken cancellationToken);

    /// <summary>How many requests <see cref="FetchCorporateActionsAsync"/> takes, estimated; 0 where the provider has none to give.</summary>
    int EstimateCorporateActions(Instrument instrument) => 0;

    /// <summary>Fetches the names that the provider has listed the instrument under, each with its days.</summary>
    /// <returns>The names; none where the provider keeps no record of them.</returns>
    /// <exception cref="ProviderException">The provider could not be asked, refused, or answered something unreadable.</exception>
    Task<IReadOnlyList<TickerAlias>> FetchTickersAsync(Instrument instrument, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<TickerAlias>>([]);

    /// <summary>How many requests <see cref="FetchTickersAsync"/> takes, estimated; 0 where the provider keeps no record of names.</summary>
    int EstimateTickers(Instrument instrument) => 0;

    /// <summary>Finds out with one cheap request, made once and at once, whether candles can be had.</summary>
    /// <exception cref="ProviderException">They cannot: the provider could not be asked, refused, or answered something unreadable.</exception>
    Task ProbeAsync(CancellationToken cancellationToken);

    /// <summary>What the last probe learnt of the key's plan, in one sentence; null where there are no plans, or nothing was learnt.</summary>
    string? Plan => null;

    /// <summary>The same as <see cref="ProbeAsync"/> of the futures market's figures, which candles can do without; nothing where the provider has none.</summary>
    /// <exception cref="ProviderException">They cannot be had.</exception>
    Task ProbeFuturesAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Asks what a symbol is that is not tracked yet.</summary>
    /// <returns>What the provider tells of it; null where it keeps no record of what it serves.</returns>
    /// <exception cref="ProviderException">
    /// The provider does not know the symbol (<see cref="ProviderErrorKind.UnknownSymbol"/>), could not be asked, or answered something unreadable.
    /// </exception>
    Task<InstrumentFacts?> LookUpAsync(Instrument instrument, CancellationToken cancellationToken) => Task.FromResult<InstrumentFacts?>(null);
}
