namespace MarketData.Enrichment.Providers.Polygon;

/// <summary>What one pays Polygon for stocks, as its price list of 2026 has it.</summary>
public enum PolygonPlan
{
    /// <summary>Called Basic: 5 requests a minute, two years of history.</summary>
    Free,

    /// <summary>Requests without limit, five years of history.</summary>
    Starter,

    /// <summary>Requests without limit, ten years of history.</summary>
    Developer,

    /// <summary>Requests without limit, all history.</summary>
    Advanced,
}
