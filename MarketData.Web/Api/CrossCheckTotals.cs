namespace MarketData.Web.Api;

public sealed partial record CrossCheckTotals
{
    /// <summary>Whether a day's comparison is of the same providers and interval.</summary>
    public bool IsOf(DailyCrossCheck day) => (Provider, OtherProvider, Timeframe) == (day.Provider, day.OtherProvider, day.Timeframe);

    /// <summary>Whether a symbol's comparison is of the same providers and interval.</summary>
    public bool IsOf(SymbolCrossCheck symbol) => (Provider, OtherProvider, Timeframe) == (symbol.Provider, symbol.OtherProvider, symbol.Timeframe);
}
