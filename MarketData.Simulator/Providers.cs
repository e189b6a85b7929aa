namespace MarketData.Simulator;

/// <summary>The names of the simulated services in paths, faults and settings.</summary>
internal static class Providers
{
    /// <summary>All names, for messages.</summary>
    public const string Names = "polygon, binance, binance-futures, yahoo, coinbase, alpaca";

    /// <summary>The path prefix without its slash.</summary>
    public static string Name(this Provider provider) => provider switch
    {
        Provider.Polygon => "polygon",
        Provider.Binance => "binance",
        Provider.BinanceFutures => "binance-futures",
        Provider.Yahoo => "yahoo",
        Provider.Coinbase => "coinbase",
        Provider.Alpaca => "alpaca",
        _ => throw new ArgumentOutOfRangeException(nameof(provider)),
    };

    /// <summary>Reads a name.</summary>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string? name, out Provider provider)
    {
        foreach (var candidate in Enum.GetValues<Provider>())
        {
            if (string.Equals(candidate.Name(), name, StringComparison.OrdinalIgnoreCase))
            {
                provider = candidate;
                return true;
            }
        }

        provider = default;
        return false;
    }
}
