namespace MarketData.Api.Symbols;

/// <summary>Tracked symbols with status, quality and coverage.</summary>
/// <param name="Symbols">The symbols, in alphabetical order.</param>
/// <param name="Total">How many there are.</param>
public sealed record DetailedSymbolList(IReadOnlyList<DetailedSymbol> Symbols, int Total);
