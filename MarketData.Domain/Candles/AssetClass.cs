namespace MarketData.Domain.Candles;

/// <summary>What kind of instrument a symbol is; it decides the trading calendar and which providers can be asked.</summary>
public enum AssetClass
{
    /// <summary>A share, traded in the sessions of its exchange.</summary>
    Stock,

    /// <summary>An exchange-traded fund, traded in the sessions of its exchange.</summary>
    Etf,

    /// <summary>A crypto currency pair, traded around the clock every day of the week.</summary>
    Crypto,

    /// <summary>An index of prices, which has the sessions of the exchange whose shares it is made of, and no corporate actions.</summary>
    Index,

    /// <summary>A pair of national currencies, traded from Sunday to Friday evening in New York.</summary>
    Fx,
}
