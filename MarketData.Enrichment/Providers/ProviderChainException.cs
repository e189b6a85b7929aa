using MarketData.Domain.Candles;
using MarketData.Enrichment.Resilience;

namespace MarketData.Enrichment.Providers;

/// <summary>No provider of a chain gave a usable answer.</summary>
/// <param name="instrument">What was asked for.</param>
/// <param name="interval">Its interval.</param>
/// <param name="failures">Each provider's failure in the order asked; empty when no enabled provider serves the instrument.</param>
public sealed class ProviderChainException(Instrument instrument, BarInterval interval, IReadOnlyList<ProviderException> failures)
    : Exception(Describe(instrument, interval, failures), failures.Count > 0 ? failures[^1] : null)
{
    /// <summary>Each provider's failure, in the order asked.</summary>
    public IReadOnlyList<ProviderException> Failures { get; } = failures;

    /// <summary>Whether trying again later may succeed: at least one failure was transient.</summary>
    public bool IsTransient => Failures.Any(failure => failure.IsTransient);

    /// <summary>Whether every provider says that it does not know the symbol.</summary>
    public bool IsUnknownSymbol => Failures.Count > 0 && Failures.All(failure => failure.Kind == ProviderErrorKind.UnknownSymbol);

    /// <summary>Whether a fallback's answer was stored, and the job is tried again for the first provider's alone.</summary>
    public bool HasFallback { get; init; }

    /// <summary>
    /// When the first circuit lets a call through that the work waits for, UTC; null when it was not circuits alone that stood in the
    /// way. Of a provider that a person has shut off: when it is looked again whether it was restored.
    /// </summary>
    public DateTimeOffset? CircuitOpenUntil =>
        HasFallback || Failures.Any(failure => failure is { IsTransient: true, Kind: not ProviderErrorKind.CircuitOpen })
        ? null
        : Failures.Where(failure => failure.Kind == ProviderErrorKind.CircuitOpen).Min(failure => failure.RetryAt);

    /// <summary>What a person on call can do about it.</summary>
    public string Advice => Failures.Count == 0
        ? "Enable a provider that serves this symbol, or deactivate the symbol."
        : (Failures.FirstOrDefault(failure => failure.IsTransient) ?? Failures[0]).Advice;

    /// <summary>The earliest instant at which a provider said that it may be asked again, UTC.</summary>
    public DateTimeOffset? RetryAt => Failures.Min(failure => failure.RetryAt);

    private static string Describe(Instrument instrument, BarInterval interval, IReadOnlyList<ProviderException> failures) =>
        failures.Count == 0
            ? $"No enabled provider serves {instrument.Symbol} ({instrument.AssetClass.Name()}) at {interval.Name()}."
            : string.Join(" ", failures.Select(failure => $"{failure.Provider}: {failure.Message}"));
}
