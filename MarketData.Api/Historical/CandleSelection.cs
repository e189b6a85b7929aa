using MarketData.Api.Requests;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Historical;

/// <summary>Which candles to give of a symbol, and how: what the calls for one symbol and for many take alike.</summary>
public sealed record CandleSelection(
    [property: Description(CandleSelection.OfStart)] Instant? Start,
    [property: Description(CandleSelection.OfEnd)] Instant? End,
    [property: WholeNumber(1, 100_000_000)]
    [property: Description("Candles of a symbol at most: from the oldest on when `start` is given, else the newest, unless `order` says otherwise. "
        + "A page of JSON of one symbol has at most 10,000, which is also what it has when this is left out; the rest is given whole.")]
    int? Limit,
    [property: FromQuery(Name = "min_quality"), Range(0.0, 1.0, ErrorMessage = "must be a number from {1} to {2}.")]
    [property: Description("Only candles with at least this score.")]
    double? MinQuality,
    [property: FromQuery(Name = "as_of")]
    [property: Description("The values that were on record at this instant, and their features.")]
    Instant? AsOf,
    [property: OneOf("json", "ndjson", "csv", "parquet", "arrow"), Description("The form of the answer, for clients that can't set `Accept`.")]
    string? Format,
    [property: CandleColumn]
    [property: Description("Only these columns, in this order: those of a candle, and features by name. An object of JSON then has no other fields, "
        + "and features in it keep to the end.")]
    string[]? Columns,
    [property: FeatureName, Description("Also the features of each candle: `true` for all, or " + CandleSelection.OfFeatures)] string[]? Features,
    [property: OneOf("asc", "desc"), Description(CandleSelection.OfOrder)] string? Order,
    [property: Zone, Description(CandleSelection.OfZone)] string? Tz,
    [property: WholeNumber(0, AnswerShape.MostDecimals), Description(CandleSelection.OfDecimals)] int? Decimals,
    [property: AnyTimeframe, Description(CandleSelection.OfTimeframe)] string Timeframe = "1d",
    [property: FromQuery(Name = "validated_only"), Description("Only candles with a score of at least 0.85.")] bool ValidatedOnly = false,
    [property: OneOf("all", "splits", "none", "true", "false"), Description(CandleSelection.OfAdjusted)] string Adjusted = "all")
{
    internal const string OfStart = "Only candles that open at or after this instant; a date alone means from its session on.";

    internal const string OfEnd = "Only candles that open before this instant; a date alone means through its session.";

    internal const string OfFeatures = "a list of names, of `GET /features` or with a window of 2 to 500 candles: `atr,rsi_14,sma(50)`. Computed "
        + "from the candle and those before it as they are given here, whatever the range.";

    internal const string OfOrder = "`asc` gives the oldest candle first and pages go forward from it, `desc` the newest first and pages go back. "
        + "Left out: the oldest first in each answer, and pages go forward where `start` is given and back in time otherwise.";

    internal const string OfZone = "Write times by the clock of this IANA time zone, such as `Europe/Berlin`, or of each symbol's `exchange`, with "
        + "their offset: JSON, NDJSON and CSV only. The date of a session stays that date.";

    internal const string OfDecimals = "Round prices, volumes and features to so many decimals.";

    internal const string OfTimeframe = "The interval: one that is stored (5m, 15m, 30m, 1h, 4h, 1d, 1w), or one whose candles are made of stored "
        + "ones: 10m to 720m in steps of 5m, 2h to 12h, 2d to 30d (sessions), 2w to 26w, 1M, 2M, 3M, 4M, 6M, 12M, 1Q, 2Q, 1Y.";

    internal const string OfAdjusted = "What prices and volumes, and features with them, are adjusted for: `all`, which is splits and dividends; "
        + "`splits` alone; or `none`, as traded. `true` is all, and `false` none.";

    /// <summary>The length of the bars.</summary>
    internal Timeframe Bars => Domain.Candles.Timeframe.Parse(Timeframe);

    /// <summary>What is the same for all symbols.</summary>
    /// <param name="answer">How rows are given.</param>
    /// <param name="now">The present instant, UTC.</param>
    internal CandleQuery Shape(AnswerShape answer, DateTime now) => new()
    {
        Instrument = default,
        Interval = Bars.Sources[0],
        Resampled = Bars.Stored is null ? Bars : null,
        Now = now,
        Limit = Limit,
        Newest = Order?.ToLowerInvariant() switch
        {
            "asc" => false,
            "desc" => true,
            _ => Start is null,
        },
        Descending = "desc".Equals(Order, StringComparison.OrdinalIgnoreCase),
        Features = answer.Features is not { Count: 0 },
        FeatureList = answer.Features,
        Microstructure = answer.HasMicrostructure ? true : null,
        Adjusted = Adjustment.IsAdjusted(Adjusted),
        SplitsOnly = Adjustment.IsSplitsOnly(Adjusted),
        ValidatedOnly = ValidatedOnly,
        MinimumScore = MinQuality,
        AsOf = AsOf?.Utc,
    };

    /// <summary>What to read of one of them.</summary>
    internal CandleQuery Of(CandleQuery shape, StoredSeries series) => shape with
    {
        Instrument = series.Instrument,
        Interval = series.Interval,
        From = Start?.StartOf(series.Instrument, Bars.Like),
        Before = End?.EndOf(series.Instrument, Bars.Like),
    };

    /// <summary>The page that a cursor begins.</summary>
    internal static CandleQuery InPage(CandleQuery range, SeriesCursor? cursor) => cursor switch
    {
        null => range,
        { IsBackward: true } before => range with { Before = before.Instant, Newest = true },
        { } after => range with { After = after.Instant, Newest = false },
    };

    /// <summary>
    /// Whether the last bar is over, however little there is of it: that is a matter of time, and answers follow it. Null where bars are stored.
    /// </summary>
    internal static string? Ended(CandleQuery range, StoredSeries series) => range.Resampled is { } bars && series.Last is { } last
        ? BarGrid.IsOver(new BarGrid(series.Instrument, bars, series.Interval).At(last), range.Now).ToString()
        : null;
}
