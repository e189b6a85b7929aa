namespace MarketData.Storage.Enrichment;

/// <summary>One look at what providers answer.</summary>
/// <param name="Node">The node that asked them; other nodes may be answered otherwise, where their way to the internet is another one.</param>
/// <param name="CheckedAt">When, UTC.</param>
/// <param name="Providers">What each answered.</param>
public sealed record ProviderCheck(string Node, DateTime CheckedAt, IReadOnlyList<CheckedProvider> Providers);
