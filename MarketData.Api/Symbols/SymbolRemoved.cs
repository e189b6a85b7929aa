namespace MarketData.Api.Symbols;

/// <summary>What removing a symbol came to.</summary>
public sealed record SymbolRemoved
{
    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary><c>deactivated</c> (its data stays) or <c>purged</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Candles deleted.</summary>
    public required long CandlesDeleted { get; init; }
}
