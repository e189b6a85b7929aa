using System.Diagnostics.CodeAnalysis;
using MarketData.Domain.Candles;
using MarketData.Simulator.Market;

namespace MarketData.Simulator;

/// <summary>How each provider writes a symbol.</summary>
internal static class WireSymbols
{
    /// <summary>The canonical form of a provider's symbol: <c>X:BTCUSD</c> and <c>BTCUSDT</c> are <c>BTC-USD</c>, <c>BRK-B</c> is <c>BRK.B</c>.</summary>
    /// <returns>The text unchanged where the provider's form says nothing else.</returns>
    public static string Canonical(Provider provider, string symbol) => provider switch
    {
        Provider.Polygon when symbol.StartsWith("X:", StringComparison.Ordinal) && symbol.EndsWith("USD", StringComparison.Ordinal) && symbol.Length > 5 =>
            $"{symbol[2..^3]}-USD",
        Provider.Binance or Provider.BinanceFutures when symbol.EndsWith("USDT", StringComparison.Ordinal) && symbol.Length > 4 => $"{symbol[..^4]}-USD",
        Provider.Yahoo when !symbol.EndsWith("-USD", StringComparison.Ordinal) => symbol.Replace('-', '.'),
        _ => symbol,
    };

    /// <summary>Finds what a provider's symbol means.</summary>
    /// <returns>
    /// Whether that provider serves it: Polygon shares and funds of the United States and coins, Alpaca the former, Binance and Coinbase coins
    /// only, and each only in its own spelling.
    /// </returns>
    public static bool TryFind(this SimulatedMarket market, Provider provider, string symbol, [NotNullWhen(true)] out PriceHistory? history)
    {
        history = null;
        return Symbol.TryParse(Canonical(provider, symbol), out var canonical)
            && market.TryFind(canonical, out history)
            && Write(provider, history.Listing) == symbol;
    }

    /// <summary>How the provider writes a listing's symbol; null when it does not serve it.</summary>
    public static string? Write(Provider provider, Listing listing) => (provider, listing.Kind) switch
    {
        (Provider.Polygon, ListingKind.Crypto) => $"X:{listing.Symbol.Value[..^4]}USD",
        (Provider.Polygon or Provider.Alpaca, _) when !listing.IsUnitedStatesShare => null,
        (Provider.Polygon or Provider.Alpaca, _) => listing.Tickers is [.., var last] ? last.Ticker : listing.Symbol.Value,
        (Provider.Binance or Provider.BinanceFutures, ListingKind.Crypto) => $"{listing.Symbol.Value[..^4]}USDT",
        (Provider.Coinbase, ListingKind.Crypto) => listing.Symbol.Value,
        (Provider.Yahoo, _) when listing.IsUnitedStatesShare => listing.Symbol.Value.Replace('.', '-'),
        (Provider.Yahoo, _) => listing.Symbol.Value,
        _ => null,
    };
}
