namespace MarketData.Storage.Enrichment;

/// <summary>A bar as a provider gives it, as traded.</summary>
/// <param name="Timestamp">Opening instant, UTC.</param>
/// <param name="Open">First price; null, like the others, where what came is no finite number.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">Units traded.</param>
public sealed record ProviderBar(DateTime Timestamp, double? Open, double? High, double? Low, double? Close, double? Volume);
