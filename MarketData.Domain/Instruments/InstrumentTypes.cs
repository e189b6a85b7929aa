using MarketData.Domain.Candles;

namespace MarketData.Domain.Instruments;

/// <summary>What providers call the kinds of instruments: Yahoo <c>EQUITY</c>, Polygon <c>CS</c>.</summary>
public static class InstrumentTypes
{
    /// <summary>The class of a type; null where the type is not known or has none here, such as <c>FUTURE</c>.</summary>
    public static AssetClass? ClassOf(string type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type.ToUpperInvariant() switch
        {
            "EQUITY" or "MUTUALFUND" or "CS" or "PFD" or "ADRC" or "ADRP" or "GDR" or "OS" or "FUND" => AssetClass.Stock,
            "ETF" or "ETN" or "ETV" or "ETS" => AssetClass.Etf,
            "INDEX" => AssetClass.Index,
            "CURRENCY" => AssetClass.Fx,
            "CRYPTOCURRENCY" => AssetClass.Crypto,
            _ => null,
        };
    }

    /// <summary>Whether it is traded on an exchange of its own kind, whose sessions no calendar here has.</summary>
    public static bool IsDerivative(string? type) => type?.ToUpperInvariant() is "FUTURE" or "OPTION";
}
