namespace MarketData.Domain.Instruments;

/// <summary>Who says what a provider calls a symbol; where two say otherwise of a day, the first counts.</summary>
public enum AliasSource
{
    /// <summary>A person entered it.</summary>
    Person,

    /// <summary>The provider's own record of changes of ticker.</summary>
    TickerEvents,

    /// <summary>The list that the project comes with.</summary>
    BuiltIn,
}
