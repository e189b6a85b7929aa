namespace MarketData.Enrichment.Providers.Polygon;

/// <summary>Settings that Polygon alone has, <c>Providers:Polygon</c>.</summary>
public sealed class PolygonOptions
{
    /// <summary>The key's plan, from which the limits a minute follow unless they are set; null: the usual limits.</summary>
    public PolygonPlan? Plan { get; set; }
}
