namespace MarketData.Domain.Instruments;

/// <summary>What a provider said of a symbol that it was asked for.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Outcome">Whether it knows the symbol.</param>
/// <param name="Message">Why not, in one sentence; null when it does.</param>
/// <param name="Facts">What it told; null unless it knows the symbol.</param>
public sealed record ProviderAnswer(string Provider, LookupOutcome Outcome, string? Message = null, InstrumentFacts? Facts = null);
