namespace MarketData.Storage.Imports;

/// <summary>Whose candle stays where an import and a provider both have one.</summary>
public enum ImportPrecedence
{
    /// <summary>The import's: it replaces a provider's, and what providers say later is compared with it and left.</summary>
    Import,

    /// <summary>The provider's: an import fills in what is missing, and gives way to what a provider says later.</summary>
    Provider,
}
