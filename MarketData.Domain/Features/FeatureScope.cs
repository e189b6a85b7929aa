namespace MarketData.Domain.Features;

/// <summary>For which instruments a feature is computed.</summary>
public enum FeatureScope
{
    /// <summary>Every instrument.</summary>
    Universal,

    /// <summary>Crypto pairs only.</summary>
    Crypto,
}
