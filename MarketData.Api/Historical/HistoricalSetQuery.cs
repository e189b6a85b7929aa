using MarketData.Api.Requests;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Historical;

/// <summary>Which candles of which symbols to give, and how.</summary>
public sealed record HistoricalSetQuery(
    [property: FromQuery(Name = "symbols"), Description("The symbols, in any case, separated by commas or repeated; up to 500.")] Symbol[]? Symbols,
    [property: FromQuery(Name = "asset_class"), AssetClass, Description("All symbols of this class, in the place of `symbols`.")] string? AssetClass,
    [property: Description("Only candles that open at or after this instant; a date alone means from its session on.")] Instant? Start,
    [property: Description("Only candles that open before this instant; a date alone means through its session.")] Instant? End,
    [property: WholeNumber(1, 100_000_000)]
    [property: Description("Candles of each symbol at most: from the oldest on when `start` is given, else the newest.")]
    int? Limit,
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
    string Adjusted = "all")
{
    /// <summary>What is the same for all symbols.</summary>
    internal CandleQuery Shape => new()
    {
        Instrument = default,
        Interval = BarIntervals.Parse(Timeframe),
        Limit = Limit,
        Newest = Start is null,
        Features = Features,
        Adjusted = Adjustment.IsAdjusted(Adjusted),
        SplitsOnly = Adjustment.IsSplitsOnly(Adjusted),
        ValidatedOnly = ValidatedOnly,
        MinimumScore = MinQuality,
        AsOf = AsOf?.Utc,
        SymbolColumn = true,
    };

    /// <summary>What to read of one of them.</summary>
    internal CandleQuery Of(CandleQuery shape, Instrument instrument) => shape with
    {
        Instrument = instrument,
        From = Start?.StartOf(instrument, shape.Interval),
        Before = End?.EndOf(instrument, shape.Interval),
    };
}
