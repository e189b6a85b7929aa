namespace MarketData.Domain.Candles;

/// <summary>
/// The names under which asset classes appear in the API, the database and metrics: <c>stock</c>, <c>etf</c>, <c>index</c>, <c>fx</c>, <c>crypto</c>.
/// </summary>
public static class AssetClassNames
{
    /// <summary>The lower-case name of <paramref name="assetClass"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a defined asset class.</exception>
    public static string Name(this AssetClass assetClass) => assetClass switch
    {
        AssetClass.Stock => "stock",
        AssetClass.Etf => "etf",
        AssetClass.Crypto => "crypto",
        AssetClass.Index => "index",
        AssetClass.Fx => "fx",
        _ => throw new ArgumentOutOfRangeException(nameof(assetClass), assetClass, "Not an asset class."),
    };

    /// <summary>Reads a name, in any case.</summary>
    /// <returns>Whether <paramref name="text"/> names an asset class.</returns>
    public static bool TryParse(string? text, out AssetClass assetClass)
    {
        (var known, assetClass) = text?.ToLowerInvariant() switch
        {
            "stock" => (true, AssetClass.Stock),
            "etf" => (true, AssetClass.Etf),
            "crypto" => (true, AssetClass.Crypto),
            "index" => (true, AssetClass.Index),
            "fx" => (true, AssetClass.Fx),
            _ => (false, default),
        };
        return known;
    }

    /// <summary>Reads a name that is known to be valid, such as one read back from the database.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> names no asset class.</exception>
    public static AssetClass Parse(string text) =>
        TryParse(text, out var assetClass) ? assetClass : throw new FormatException($"'{text}' is not one of stock, etf, index, fx, crypto.");

    /// <summary>The class that a symbol's name tells: <c>^</c> an index, <c>=X</c> a currency pair, <c>-USD</c> crypto, any other a stock.</summary>
    public static AssetClass OfName(Symbol symbol) => symbol.Value switch
    {
        ['^', ..] => AssetClass.Index,
        [.., '=', 'X'] => AssetClass.Fx,
        [.., '-', 'U', 'S', 'D'] => AssetClass.Crypto,
        _ => AssetClass.Stock,
    };
}
