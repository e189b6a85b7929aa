namespace MarketData.Simulator.Faults;

/// <summary>What a provider's path answers; on the wire in snake_case.</summary>
internal enum EndpointKind
{
    Candles,
    Splits,
    Dividends,
    TickerDetails,
    TickerEvents,
    FundingRate,
    OpenInterest,
    LongShortRatio,
    TakerRatio,
    ExchangeInfo,
    Product,
    Cookie,
    Crumb,
    CorporateActions,
}
