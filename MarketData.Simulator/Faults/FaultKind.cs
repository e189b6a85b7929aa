namespace MarketData.Simulator.Faults;

/// <summary>What goes wrong; on the wire in snake_case. The order is the order in which they are listed in <c>docs/simulator.md</c>.</summary>
internal enum FaultKind
{
    /// <summary>429, with <c>Retry-After</c> when the fault has one.</summary>
    RateLimited,

    /// <summary>418 as Binance answers those who go on after 429.</summary>
    Banned,

    /// <summary>401 in the provider's form.</summary>
    Unauthorized,

    /// <summary>403 in the provider's form.</summary>
    Forbidden,

    /// <summary>451 as Binance answers whole countries; elsewhere 403.</summary>
    RestrictedLocation,

    /// <summary>404 for a symbol that exists; Alpaca: 400.</summary>
    UnknownSymbol,

    /// <summary>A 5xx status: 503 unless the fault says another.</summary>
    ServerError,

    /// <summary>The true answer, late.</summary>
    Latency,

    /// <summary>No answer until the client gives up.</summary>
    Hang,

    /// <summary>The connection is reset before anything is sent.</summary>
    ConnectionReset,

    /// <summary>Half of the body that was announced, then the connection is closed.</summary>
    CutBody,

    /// <summary>200 and no body.</summary>
    EmptyBody,

    /// <summary>200 and a page of HTML.</summary>
    HtmlPage,

    /// <summary>200 and the first half of the JSON, cleanly ended.</summary>
    TruncatedJson,

    /// <summary>The true answer and very many spaces behind it.</summary>
    PaddedBody,

    /// <summary>200 and JSON with stray characters in its middle.</summary>
    MalformedJson,

    /// <summary>Values of another JSON type: an object where a price belongs.</summary>
    WrongTypes,

    /// <summary>Strings where the provider sends numbers, numbers where it sends strings.</summary>
    SwappedNumbers,

    /// <summary>Numbers with exponents, such as 1.2345E2: odd, but right.</summary>
    Exponents,

    /// <summary>Numbers beyond what a double holds (1e999).</summary>
    OutOfRangeNumbers,

    /// <summary>The provider's answer for a range without data.</summary>
    EmptyAnswer,

    /// <summary>Some bars twice, alike.</summary>
    DuplicateBars,

    /// <summary>Some bars twice, with different prices.</summary>
    ConflictingBars,

    /// <summary>Neighbouring bars change places.</summary>
    OutOfOrderBars,

    /// <summary>A page begins with the last bar of the page before it.</summary>
    PageOverlap,

    /// <summary>Rows of nulls (Yahoo); elsewhere the bars are missing.</summary>
    NullRows,

    /// <summary>Rows with a volume and no prices (Yahoo); elsewhere the bars are missing.</summary>
    NullPrices,

    /// <summary>Bars that are not there; they are once the fault is gone.</summary>
    MissingBars,

    /// <summary>Prices other than before, by the fault's factor.</summary>
    RevisedPrices,

    /// <summary>Low above open.</summary>
    ImpossibleCandle,

    /// <summary>A price of zero.</summary>
    ZeroPrice,

    /// <summary>A volume below zero.</summary>
    NegativeVolume,

    /// <summary>One bar's prices far off, by the fault's factor.</summary>
    PriceSpike,

    /// <summary>Stamps that are not on the grid.</summary>
    OffGrid,

    /// <summary>A bar that opens in the future.</summary>
    FutureBar,

    /// <summary>A last bar that is still forming, whatever the hour.</summary>
    FormingBar,

    /// <summary>The last daily bar twice, the second stamped with the time of the last trade (Yahoo).</summary>
    TodayTwice,

    /// <summary>The last week as two rows, the second of its last session alone (Yahoo).</summary>
    WeekInTwoRows,

    /// <summary>Splits and dividends that are not listed.</summary>
    MissingActions,

    /// <summary>Splits and dividends on another day, by the fault's sessions; the right one once the fault is gone.</summary>
    MisdatedActions,

    /// <summary>Splits and dividends listed twice, the second as many sessions later as the fault says.</summary>
    RepeatedActions,

    /// <summary>Splits and dividends listed twice on one day, the second with another ratio or amount, by the fault's factor.</summary>
    ConflictingActions,

    /// <summary>Splits of one share for none, and dividends of nothing.</summary>
    ImpossibleActions,

    /// <summary>200 and null where the result belongs, and no error either.</summary>
    NullResult,

    /// <summary>403 as Polygon answers where a range begins before the fault's end: the plan does not include it.</summary>
    PlanLimit,

    /// <summary>An answer that says it is of another instrument: another exchange and currency (Yahoo), another ticker (Polygon).</summary>
    OtherInstrument,

    /// <summary>302 to the login page of another host, as a captive portal answers; with status 200 the page itself.</summary>
    CaptivePortal,

    /// <summary>407 and a page of HTML, as a proxy answers that wants to be logged in to.</summary>
    ProxyLogin,

    /// <summary>307 to Yahoo's consent page; with status 200 the page itself.</summary>
    ConsentPage,

    /// <summary>Yahoo's "Edge: Too Many Requests" as a page of HTML with status 200; 429 or 999 when the fault says so.</summary>
    EdgePage,

    /// <summary>401 "Invalid Crumb" to whoever has no cookie and crumb (Yahoo).</summary>
    CrumbWanted,

    /// <summary>200 and "Too Many Requests" where the crumb belongs (Yahoo).</summary>
    CrumbRefused,
}
