using System.Text.Json;

namespace MarketData.Api.Historical;

/// <summary>A page of candles. Written straight from the database to the socket; this record is its description.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Timeframe">The interval.</param>
/// <param name="Candles">The candles, oldest first unless <c>order=desc</c>.</param>
/// <param name="NextCursor">Where the next page begins; null on the last one.</param>
public sealed record CandlePage(string Symbol, string Timeframe, IReadOnlyList<CandleView> Candles, string? NextCursor);

/// <summary>The candles of several symbols, one symbol after another. Streamed from the database to the socket; this record is its description.</summary>
/// <param name="Timeframe">The interval.</param>
/// <param name="Candles">The candles, ordered by symbol and time.</param>
public sealed record CandleSet(string Timeframe, IReadOnlyList<CandleView> Candles);

/// <summary>
/// One candle, or a longer bar made of several. The microstructure fields are there for crypto only, and <see cref="Features"/> where features are
/// asked for. With <c>columns</c> an object has the fields that are named there, and no others.
/// </summary>
/// <param name="Timestamp">Opening instant, UTC unless <c>tz</c> names another zone.</param>
/// <param name="Open">First price.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">Units traded.</param>
/// <param name="Vwap">Volume-weighted average price.</param>
/// <param name="TradeCount">Trades.</param>
/// <param name="Source">Who supplied it; several, joined by <c>+</c>, of a bar that is made of candles of several.</param>
/// <param name="IsValidated">Whether its score is at least 0.85; of a bar that is made of candles, whether all of theirs are.</param>
/// <param name="QualityScore">Its score, 0 to 1; of a bar that is made of candles, the lowest of theirs.</param>
/// <param name="ValidationNotes">The ids of the rules that fired.</param>
/// <param name="OpenInterest">Open interest of the perpetual future, base units.</param>
/// <param name="FundingRate">Funding rate, a fraction per funding period.</param>
/// <param name="LongShortRatio">Accounts net long ÷ accounts net short.</param>
/// <param name="LongLiquidations">Long positions liquidated, base units.</param>
/// <param name="ShortLiquidations">Short positions liquidated, base units.</param>
/// <param name="TakerBuyVolume">Volume bought by takers, base units.</param>
/// <param name="TakerSellVolume">Volume sold by takers, base units.</param>
/// <param name="Features">
/// Feature values by name: numbers, or text for <c>trend_direction</c> and <c>market_structure</c>; null where the window is not full.
/// </param>
/// <param name="Symbol">The symbol, where candles of several are given.</param>
public sealed record CandleView(
    DateTime Timestamp, double Open, double High, double Low, double Close, double Volume, double? Vwap,
    long? TradeCount, string Source, bool IsValidated, double QualityScore, IReadOnlyList<string> ValidationNotes,
    double? OpenInterest = null, double? FundingRate = null, double? LongShortRatio = null,
    double? LongLiquidations = null, double? ShortLiquidations = null, double? TakerBuyVolume = null,
    double? TakerSellVolume = null, IReadOnlyDictionary<string, JsonElement>? Features = null, string? Symbol = null);
