namespace MarketData.Api.Features;

/// <summary>The features that can be had.</summary>
/// <param name="Items">Each feature.</param>
public sealed record FeatureCatalogueView(IReadOnlyList<FeatureView> Items);
