namespace MarketData.Enrichment.Providers;

/// <summary>A further address of a provider, asked behind the provider's gate for what candles can do without.</summary>
/// <param name="Name">The name of its client, such as <c>binance-futures</c>.</param>
/// <param name="PublicAddress">Where it answers unless told otherwise.</param>
/// <param name="Setting">The setting in the provider's section that moves it; where it is not set, it follows the provider's own.</param>
/// <param name="Folder">Its folder on a server that plays all providers; null: the provider's.</param>
public sealed record ProviderEndpoint(string Name, Uri PublicAddress, string Setting, string? Folder = null);
