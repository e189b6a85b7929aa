using MarketData.Storage.Symbols;

namespace MarketData.Api.Symbols;

/// <summary>Tracked symbols.</summary>
/// <param name="Symbols">The symbols, in alphabetical order.</param>
/// <param name="Total">How many there are.</param>
public sealed record SymbolList(IReadOnlyList<TrackedSymbol> Symbols, int Total)
{
    internal static SymbolList Of(IReadOnlyList<TrackedSymbol> symbols) => new(symbols, symbols.Count);
}
