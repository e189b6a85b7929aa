using System.Text.Json;
using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Features;

/// <summary>Which symbol's features to give: the latest, or a range.</summary>
public sealed record FeaturesQuery(
    Symbol Symbol,
    [property: Description("Only candles that open at or after this instant; a date alone means from its session on. Without start and end: the latest "
        + "candle only.")]
    Instant? Start,
    [property: Description("Only candles that open before this instant; a date alone means through its session.")] Instant? End,
    [property: WholeNumber(1, 10_000)]
    [property: Description("Rows at most: from the oldest on when `start` is given, else the newest. Left out: 1 without start and end, else "
        + "10,000.")]
    int? Limit,
    SeriesCursor? Cursor,
    [property: FromQuery(Name = "as_of"), Description("The features of the values that were on record at this instant.")]
    Instant? AsOf,
    [property: Timeframe, Description("The interval.")] string Timeframe = "1d",
    [property: OneOf("all", "splits", "none", "true", "false")]
    [property: Description("What prices and volumes, and features with them, are adjusted for: `all`, which is splits and dividends; `splits` alone; "
        + "or `none`, as traded. `true` is all, and `false` none.")]
    string Adjusted = "all");

/// <summary>A symbol's features alone.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Timeframe">The interval.</param>
/// <param name="Features">The features of each candle, oldest first.</param>
/// <param name="NextCursor">Where the next page begins; null on the last one.</param>
public sealed record FeaturePage(string Symbol, string Timeframe, IReadOnlyList<FeatureRow> Features, string? NextCursor);

/// <summary>The features of one candle.</summary>
/// <param name="Timestamp">Opening instant of the candle, UTC.</param>
/// <param name="Features">
/// Feature values by name: numbers, or text for <c>trend_direction</c> and <c>market_structure</c>; null where the window is not full.
/// </param>
public sealed record FeatureRow(DateTime Timestamp, IReadOnlyDictionary<string, JsonElement> Features);

/// <summary>The features that can be had.</summary>
/// <param name="Items">Each feature.</param>
public sealed record FeatureCatalogueView(IReadOnlyList<FeatureView> Items);

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
