namespace MarketData.Storage.Enrichment;

/// <summary>How many active symbols are in a state of health.</summary>
/// <param name="Health"><c>pending</c>, <c>healthy</c>, <c>warning</c>, <c>stale</c> or <c>error</c>.</param>
/// <param name="Symbols">How many.</param>
public sealed record HealthCount(string Health, long Symbols);
