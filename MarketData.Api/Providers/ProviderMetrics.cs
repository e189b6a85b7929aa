namespace MarketData.Api.Providers;

/// <summary>How providers did over a window.</summary>
/// <param name="Window">The window asked for, such as <c>24h</c>.</param>
/// <param name="Providers">Each provider.</param>
public sealed record ProviderMetrics(string Window, IReadOnlyList<ProviderCalls> Providers);
