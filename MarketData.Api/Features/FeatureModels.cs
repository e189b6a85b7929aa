using System.Text.Json;
using MarketData.Api.Historical;
using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Features;

/// <summary>Which symbol's features to give: the latest, or a range.</summary>
public sealed record FeaturesQuery(
    Symbol Symbol,
    [property: Description(CandleSelection.OfStart + " Without start, end and order: the latest candle only.")] Instant? Start,
    [property: Description(CandleSelection.OfEnd)] Instant? End,
    [property: WholeNumber(1, 10_000)]
    [property: Description("Rows at most: from the oldest on when `start` is given, else the newest. Left out: 1 without start, end and order, "
        + "else 10,000.")]
    int? Limit,
    SeriesCursor? Cursor,
    [property: FromQuery(Name = "as_of"), Description("The features of the values that were on record at this instant.")]
    Instant? AsOf,
    [property: FeatureName, Description("Only these: " + CandleSelection.OfFeatures)] string[]? Features,
    [property: OneOf("asc", "desc"), Description(CandleSelection.OfOrder)] string? Order,
    [property: Zone, Description(CandleSelection.OfZone)] string? Tz,
    [property: WholeNumber(0, AnswerShape.MostDecimals), Description(CandleSelection.OfDecimals)] int? Decimals,
    [property: AnyTimeframe, Description(CandleSelection.OfTimeframe)] string Timeframe = "1d",
    [property: OneOf("all", "splits", "none", "true", "false"), Description(CandleSelection.OfAdjusted)] string Adjusted = "all")
{
    /// <summary>The candles to read, as the calls for candles would.</summary>
    internal CandleSelection Candles => new(
        Start, End, Limit, null, AsOf, null, null, Features is { Length: > 0 } ? Features : ["true"], Order, Tz, Decimals, Timeframe,
        false, Adjusted);
}

/// <summary>A symbol's features alone.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Timeframe">The interval.</param>
/// <param name="Features">The features of each candle, oldest first unless <c>order=desc</c>.</param>
/// <param name="NextCursor">Where the next page begins; null on the last one.</param>
public sealed record FeaturePage(string Symbol, string Timeframe, IReadOnlyList<FeatureRow> Features, string? NextCursor);

/// <summary>The features of one candle.</summary>
/// <param name="Timestamp">Opening instant of the candle, UTC unless <c>tz</c> names another zone.</param>
/// <param name="Features">
/// Feature values by name: numbers, or text for <c>trend_direction</c> and <c>market_structure</c>; null where the window is not full.
/// </param>
public sealed record FeatureRow(DateTime Timestamp, IReadOnlyDictionary<string, JsonElement> Features);

/// <summary>The features that can be had.</summary>
/// <param name="Items">Each feature.</param>
/// <param name="Families">Features with a window of which other lengths can be had: <c>sma(50)</c>, whose column is <c>sma_50</c>.</param>
public sealed record FeatureCatalogueView(IReadOnlyList<FeatureView> Items, IReadOnlyList<FeatureFamilyView> Families);

/// <summary>A feature whose window can be chosen.</summary>
/// <param name="Name">What stands before the length: <c>sma</c>.</param>
/// <param name="MinLength">The shortest window, in candles.</param>
/// <param name="MaxLength">The longest window, in candles.</param>
/// <param name="Standard">Those of the features that are always there: <c>sma_20</c>.</param>
public sealed record FeatureFamilyView(string Name, int MinLength, int MaxLength, IReadOnlyList<string> Standard);

/// <summary>A feature and what it is.</summary>
/// <param name="Name">Its name, as in <c>features</c> and in the columns of exports.</param>
/// <param name="Version">Grows whenever its formula changes.</param>
/// <param name="Kind"><c>number</c> or <c>text</c>.</param>
/// <param name="WarmUp">Candles before the first value.</param>
/// <param name="Inputs">The candle's fields that it is computed from.</param>
/// <param name="Definition">Its formula in one line.</param>
/// <param name="Source">Where the formula is from.</param>
/// <param name="CryptoOnly">Whether it is computed for crypto pairs only.</param>
public sealed record FeatureView(
    string Name, int Version, string Kind, int WarmUp, IReadOnlyList<string> Inputs, string Definition, string Source, bool CryptoOnly);
