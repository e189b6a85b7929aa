using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Historical;

/// <summary>Which candles to give, and how.</summary>
public sealed record HistoricalQuery(
    Symbol Symbol,
    [property: Description("Only candles that open at or after this instant.")] Instant? Start,
    [property: Description("Only candles that open at or before this instant.")] Instant? End,
    [property: WholeNumber(1, 100_000_000)]
    [property: Description("Candles at most: from the oldest on when `start` is given, else the newest. A page of JSON has at most 10,000, which is also what "
        + "it has when this is left out; the other formats give the whole range.")]
    int? Limit,
    SeriesCursor? Cursor,
    [property: FromQuery(Name = "min_quality"), Range(0.0, 1.0, ErrorMessage = "must be a number from {1} to {2}.")]
    [property: Description("Only candles with at least this score.")]
    double? MinQuality,
    [property: FromQuery(Name = "as_of"), Description("The values that were on record at this instant; features that were computed later are null.")]
    Instant? AsOf,
    [property: OneOf("json", "ndjson", "csv", "parquet", "arrow"), Description("The form of the answer, for clients that can't set `Accept`.")] string? Format,
    [property: Timeframe, Description("The interval.")] string Timeframe = "1d",
    [property: Description("Also the features of each candle.")] bool Features = false,
    [property: FromQuery(Name = "validated_only"), Description("Only candles with a score of at least 0.85.")] bool ValidatedOnly = false,
    [property: Description("Whether prices and volumes are adjusted for splits and dividends; false gives them as traded. Features are always computed on "
        + "split-adjusted prices.")]
    bool Adjusted = true);
