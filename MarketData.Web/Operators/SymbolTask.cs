namespace MarketData.Web.Operators;

/// <summary>What is done to several symbols, one after the other.</summary>
public enum SymbolTask
{
    /// <summary>They get the same intervals.</summary>
    Edit,

    /// <summary>They are enriched again.</summary>
    Activate,

    /// <summary>They are no longer enriched; their data stays.</summary>
    Deactivate,

    /// <summary>They are deleted with their data, for good.</summary>
    Delete,
}
