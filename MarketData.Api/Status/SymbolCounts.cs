namespace MarketData.Api.Status;

/// <summary>How many symbols there are.</summary>
/// <param name="Total">All, inactive ones included.</param>
/// <param name="Active">Those that are enriched.</param>
public sealed record SymbolCounts(long Total, long Active);
