namespace MarketData.Domain.Instruments;

/// <summary>What asking a provider for a symbol came to.</summary>
public enum LookupOutcome
{
    /// <summary>It knows the symbol.</summary>
    Known,

    /// <summary>It does not know the symbol.</summary>
    Unknown,

    /// <summary>It could not be asked, or gave no usable answer.</summary>
    NotAsked,
}
