using MarketData.Storage.Dashboard;

namespace MarketData.Api.Enrichment;

/// <summary>How providers' circuits changed, newest first.</summary>
/// <param name="Items">The changes.</param>
public sealed record CircuitHistory(IReadOnlyList<CircuitTransition> Items);
