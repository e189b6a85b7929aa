using System.Text.Json;
using MarketData.Api.Requests;
using MarketData.Api.Watchlists;
using MarketData.Domain.Candles;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Latest;

/// <summary>Which newest candles to give, and how.</summary>
public sealed record LatestQuery(
    [property: FromQuery(Name = "symbols")]
    [property: Description("Only these symbols, in any case, separated by commas or repeated; up to 500. All that are tracked when left out.")]
    Symbol[]? Symbols,
    [property: FromQuery(Name = "asset_class"), AssetClass, Description("Only symbols of this class, in the place of `symbols`.")] string? AssetClass,
    [property: WatchlistName, Description(WatchlistChoice.Description)] string? Watchlist,
    [property: OneOf("json", "ndjson", "csv", "parquet", "arrow"), Description("The form of the answer, for clients that can't set `Accept`.")]
    string? Format,
    [property: Timeframe, Description("The interval.")] string Timeframe = "1d",
    [property: Description("Also the features of each candle.")] bool Features = true);

/// <summary>The newest candle of each symbol. Written straight from the database to the socket; this record is its description.</summary>
/// <param name="Timeframe">The interval.</param>
/// <param name="At">When this was so, UTC: ages are told at it.</param>
/// <param name="Candles">A candle for each symbol that has one, in alphabetical order.</param>
public sealed record LatestCandles(string Timeframe, DateTime At, IReadOnlyList<LatestCandle> Candles);

/// <summary>
/// A symbol's newest candle, adjusted for splits and dividends. The microstructure fields are there where crypto is among the symbols, and
/// <see cref="Features"/> unless <c>features=false</c>.
/// </summary>
/// <param name="Symbol">The symbol.</param>
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
/// <param name="PreviousClose">The close of the candle before, adjusted as this one; null where there is none.</param>
/// <param name="Change">The close less the one before.</param>
/// <param name="ChangeRate">The change as a share of the close before: 0.01 is one per cent.</param>
/// <param name="AgeSeconds">Whole seconds since the candle closed; 0 while it is forming.</param>
/// <param name="OpenInterest">Open interest of the perpetual future, base units.</param>
/// <param name="FundingRate">Funding rate, a fraction per funding period.</param>
/// <param name="LongShortRatio">Accounts net long ÷ accounts net short.</param>
/// <param name="LongLiquidations">Long positions liquidated, base units.</param>
/// <param name="ShortLiquidations">Short positions liquidated, base units.</param>
/// <param name="TakerBuyVolume">Volume bought by takers, base units.</param>
/// <param name="TakerSellVolume">Volume sold by takers, base units.</param>
/// <param name="Features">
/// Feature values by name: numbers, or text for <c>trend_direction</c> and <c>market_structure</c>; null where the window is not full, and
/// where they are not computed yet.
/// </param>
public sealed record LatestCandle(
    string Symbol, DateTime Timestamp, double Open, double High, double Low, double Close, double Volume, double? Vwap,
    long? TradeCount, string Source, bool IsValidated, double QualityScore, IReadOnlyList<string> ValidationNotes,
    double? PreviousClose, double? Change, double? ChangeRate, double AgeSeconds,
    double? OpenInterest = null, double? FundingRate = null, double? LongShortRatio = null,
    double? LongLiquidations = null, double? ShortLiquidations = null, double? TakerBuyVolume = null,
    double? TakerSellVolume = null, IReadOnlyDictionary<string, JsonElement>? Features = null);
