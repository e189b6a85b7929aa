namespace MarketData.Storage.Enrichment;

/// <summary>What a provider answered, as it stands there: nothing of it is stored as a candle.</summary>
/// <param name="Bars">Its closed bars of the range, in order of time; empty where it refused.</param>
/// <param name="Refusal">Why there are none, in a sentence that begins after the provider's name; null where it answered.</param>
public sealed record ProviderBars(IReadOnlyList<ProviderBar> Bars, string? Refusal = null);
