using MarketData.Domain.Candles;

namespace MarketData.Domain.Instruments;

/// <summary>The symbols of currency pairs: <c>EURUSD=X</c> is dollars for one euro, and <c>JPY=X</c> yen for one dollar.</summary>
public static class CurrencyPairs
{
    private const string Suffix = "=X";
    private const string UnitedStates = "USD";

    /// <summary>The symbols whose price tells what one unit of a currency is in another, and whether by its inverse; the likelier to be tracked first.</summary>
    /// <param name="from">The one currency, ISO 4217.</param>
    /// <param name="to">The other.</param>
    public static IEnumerable<(string Symbol, bool IsInverse)> Between(string from, string to)
    {
        yield return (from + to + Suffix, false);
        if (from == UnitedStates)
            yield return (to + Suffix, false);
        yield return (to + from + Suffix, true);
        if (to == UnitedStates)
            yield return (from + Suffix, true);
    }

    /// <summary>Reads the two currencies of a pair from its symbol.</summary>
    /// <returns>Whether it is a pair's.</returns>
    public static bool TryRead(Symbol symbol, out (string From, string To) currencies)
    {
        var name = symbol.Value;
        currencies = name.Length switch
        {
            8 => (name[..3], name[3..6]),
            5 => (UnitedStates, name[..3]),
            _ => ("", ""),
        };
        return name.EndsWith(Suffix, StringComparison.Ordinal) && currencies.From.Length > 0;
    }
}
