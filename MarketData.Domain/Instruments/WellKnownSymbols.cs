using MarketData.Domain.Calendars;

namespace MarketData.Domain.Instruments;

/// <summary>Symbols that many mean: what somebody who mistypes one is offered, beside those that are tracked.</summary>
public static class WellKnownSymbols
{
    private const string Stocks =
        "AAPL ABBV ABNB ABT ACN ADBE AMAT AMD AMGN AMZN AVGO AXP BA BAC BKNG BLK BRK.A BRK.B C CAT COIN COP COST CRM CSCO CVX DE DHR DIS F GE GM "
        + "GOOG GOOGL GS HD HON IBM INTC INTU ISRG JNJ JPM KO LIN LLY LMT LOW MA MCD META MRK MS MSFT MU NFLX NKE NOW NVDA ORCL PEP PFE PG PLTR "
        + "PM PYPL QCOM RTX SBUX SCHW SHOP SNOW SPGI T TMO TMUS TSLA TXN UBER UNH UNP UPS V VZ WFC WMT XOM "
        + "AZN.L BARC.L BP.L EZJ.L HSBA.L SHEL.L VOD.L ADS.DE ALV.DE BMW.DE SAP.DE SIE.DE AIR.PA MC.PA OR.PA TTE.PA ASML.AS INGA.AS NESN.SW NOVN.SW "
        + "ENEL.MI SAN.MC NOVO-B.CO VOLV-B.ST EQNR.OL NOKIA.HE 7203.T 6758.T 9984.T 0700.HK 9988.HK 600519.SS RELIANCE.NS TCS.NS 005930.KS 2330.TW "
        + "BHP.AX CBA.AX RY.TO SHOP.TO D05.SI";

    private const string Funds = "AGG ARKK DIA EEM EFA GLD HYG IWM LQD QQQ SLV SPY TLT USO VEA VNQ VOO VTI VWO XLE XLF XLK";

    private const string Coins =
        "ADA-USD AVAX-USD BCH-USD BNB-USD BTC-USD DOGE-USD DOT-USD ETH-USD LINK-USD LTC-USD SHIB-USD SOL-USD TRX-USD UNI-USD XLM-USD XRP-USD";

    private const string Pairs =
        "AUDUSD=X EURCHF=X EURGBP=X EURJPY=X EURUSD=X GBPUSD=X NZDUSD=X USDCAD=X USDCHF=X USDCNY=X USDHKD=X USDINR=X USDJPY=X USDMXN=X USDSGD=X";

    /// <summary>All of them, each once.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. string.Join(' ', Stocks, Funds, Coins, Pairs).Split(' ').Concat(SymbolExchange.Indices).Distinct()];
}
