namespace MarketData.Enrichment.Providers.Polygon;

/// <summary>Settings that Polygon alone has, <c>Providers:Polygon</c>.</summary>
public sealed class PolygonOptions
{
    /// <summary>
    /// The key's plan: how far its history reaches, and the limits a minute unless they are set. Null: the usual limits, and the history is
    /// learnt from the answers.
    /// </summary>
    public PolygonPlan? Plan { get; set; }
}
