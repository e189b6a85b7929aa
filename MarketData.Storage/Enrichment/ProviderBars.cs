namespace MarketData.Storage.Enrichment;

/// <summary>What a provider answered, as it stands there: nothing of it is stored as a candle.</summary>
/// <param name="Bars">Its closed bars of the range, in order of time; empty where it refused.</param>
/// <param name="Refusal">Why there are none, in a sentence that begins after the provider's name; null where it answered.</param>
public sealed record ProviderBars(IReadOnlyList<ProviderBar> Bars, string? Refusal = null);

/// <summary>A bar as a provider gives it, as traded.</summary>
/// <param name="Timestamp">Opening instant, UTC.</param>
/// <param name="Open">First price; null, like the others, where what came is no finite number.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">Units traded.</param>
public sealed record ProviderBar(DateTime Timestamp, double? Open, double? High, double? Low, double? Close, double? Volume);
