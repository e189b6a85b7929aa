namespace MarketData.Domain.Candles;

/// <summary>What kind of instrument a symbol is; it decides the trading calendar and which providers can be asked.</summary>
public enum AssetClass
{
    /// <summary>A share or an index of shares, traded in the sessions of the XNYS calendar.</summary>
    Stock,

    /// <summary>An exchange-traded fund, traded in the sessions of the XNYS calendar.</summary>
    Etf,

    /// <summary>A crypto currency pair, traded around the clock every day of the week.</summary>
    Crypto,
}
