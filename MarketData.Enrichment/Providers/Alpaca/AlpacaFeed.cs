namespace MarketData.Enrichment.Providers.Alpaca;

/// <summary>Whose trades Alpaca's bars are made of, <c>Providers:Alpaca:Feed</c>.</summary>
public enum AlpacaFeed
{
    /// <summary>Those of all exchanges of the United States, which every plan serves when they are fifteen minutes old.</summary>
    Sip,

    /// <summary>Those of the exchange IEX alone, some three per cent of the volume, at once.</summary>
    Iex,
}
