using System.Text.Json;
using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Historical;

/// <summary>Which candles to give, and how.</summary>
public sealed record HistoricalQuery(
    Symbol Symbol,
    [property: Description("Only candles that open at or after this instant; a date alone means from its session on.")] Instant? Start,
    [property: Description("Only candles that open before this instant; a date alone means through its session.")] Instant? End,
    [property: WholeNumber(1, 100_000_000)]
    [property: Description("Candles at most: from the oldest on when `start` is given, else the newest. A page of JSON has at most 10,000, "
        + "which is also what it has when this is left out; the other formats give the whole range.")]
    int? Limit,
    SeriesCursor? Cursor,
    [property: FromQuery(Name = "min_quality"), Range(0.0, 1.0, ErrorMessage = "must be a number from {1} to {2}.")]
    [property: Description("Only candles with at least this score.")]
    double? MinQuality,
    [property: FromQuery(Name = "as_of")]
    [property: Description("The values that were on record at this instant, and their features.")]
    Instant? AsOf,
    [property: OneOf("json", "ndjson", "csv", "parquet", "arrow"), Description("The form of the answer, for clients that can't set `Accept`.")]
    string? Format,
    [property: Timeframe, Description("The interval.")] string Timeframe = "1d",
    [property: Description("Also the features of each candle, computed from it and the candles before it as they are given here.")] bool Features = false,
    [property: FromQuery(Name = "validated_only"), Description("Only candles with a score of at least 0.85.")] bool ValidatedOnly = false,
    [property: OneOf("all", "splits", "none", "true", "false")]
    [property: Description("What prices and volumes, and features with them, are adjusted for: `all`, which is splits and dividends; `splits` alone; "
        + "or `none`, as traded. `true` is all, and `false` none.")]
    string Adjusted = "all");

/// <summary>A page of candles. Written straight from the database to the socket; this record is its description.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Timeframe">The interval.</param>
/// <param name="Candles">The candles, oldest first.</param>
/// <param name="NextCursor">Where the next page begins; null on the last one.</param>
public sealed record CandlePage(string Symbol, string Timeframe, IReadOnlyList<CandleView> Candles, string? NextCursor);

/// <summary>The candles of several symbols, one symbol after another. Streamed from the database to the socket; this record is its description.</summary>
/// <param name="Timeframe">The interval.</param>
/// <param name="Candles">The candles, ordered by symbol and time.</param>
public sealed record CandleSet(string Timeframe, IReadOnlyList<CandleView> Candles);

/// <summary>
/// One candle. The microstructure fields are there for crypto only, and <see cref="Features"/> with <c>features=true</c>.
/// </summary>
/// <param name="Timestamp">Opening instant, UTC.</param>
/// <param name="Open">First price.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">Units traded.</param>
/// <param name="Vwap">Volume-weighted average price.</param>
/// <param name="TradeCount">Trades.</param>
/// <param name="Source">Who supplied it.</param>
/// <param name="IsValidated">Whether its score is at least 0.85.</param>
/// <param name="QualityScore">Its score, 0 to 1.</param>
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
